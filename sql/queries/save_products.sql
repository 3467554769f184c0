-- The catalogue as it was just read. A product that is not in it is noted as missing, and goes away when it was missing in the
-- complete list before too; neither with $15: not all of the list could be read.
with now_sold as (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                         $10::text[], $11::bigint[], $12::bigint[], $13::bigint[], $14::text[])
        as t (code, name, customer_product_id, type, service, course, plan, ipaddress, cpe, line, purchase_price, monthly_price,
              shortest_period, dependencies)
), gone as (
    delete from orderd.product
     where not $15::boolean and missing_since is not null and code not in (select code from now_sold)
), missing as (
    update orderd.product set missing_since = now()
     where not $15::boolean and missing_since is null and code not in (select code from now_sold)
)
insert into orderd.product (code, name, customer_product_id, type, service, course, plan, ipaddress, cpe, line, purchase_price,
                            monthly_price, shortest_period, dependencies)
select code, name, customer_product_id, type, service, course, plan, ipaddress, cpe, line, purchase_price, monthly_price,
       shortest_period::int, case when dependencies = '' then '{}' else string_to_array(dependencies, ' ') end
  from now_sold
on conflict (code) do update set name = excluded.name, customer_product_id = excluded.customer_product_id, type = excluded.type,
    service = excluded.service, course = excluded.course, plan = excluded.plan, ipaddress = excluded.ipaddress, cpe = excluded.cpe,
    line = excluded.line, purchase_price = excluded.purchase_price, monthly_price = excluded.monthly_price,
    shortest_period = excluded.shortest_period, dependencies = excluded.dependencies, read_at = now(), missing_since = null
