-- Makes orders of the rows of batch $1, with one event each, and counts: taken, rejected, duplicate.
with made as (
    insert into orderd."order" (batch_id, source_row, request_key, content_hash, state, not_before, order_type, natural_key,
        customer_code, customer_site_name, case_name, line_id, product_codes, customer_site_code, hope_to_open_at,
        hope_to_start_at, hope_to_end_at, body, fields, findings, purchase_price, monthly_price, shortest_period, finished_at)
    select $1::bigint, source_row, request_key, content_hash, state, coalesce(not_before, now()), order_type, natural_key,
           customer_code, customer_site_name, case_name, line_id, product_codes, customer_site_code, hope_to_open_at,
           hope_to_open_at, hope_to_end_at, body, fields, findings, purchase_price, monthly_price, shortest_period,
           case when state = 'rejected' then now() end
      from incoming where not duplicate order by source_row
    returning id, source_row, state
), logged as (
    insert into orderd.order_event (order_id, to_state, event, why) select id, state, 'taken_in', null from made
), kept as (
    insert into orderd.row_cells (order_id, cells)
    select m.id, i.cells from made m join incoming i on i.source_row = m.source_row and not i.duplicate
     where m.state in ('rejected', 'received') and i.cells is not null
), again as (
    insert into orderd.duplicate_row (batch_id, source_row, request_key, order_id)
    select $1::bigint, i.source_row, i.request_key, coalesce(i.duplicate_of, m.id)
      from incoming i
      left join incoming first on i.duplicate_of is null and first.request_key = i.request_key and not first.duplicate
                              and first.state <> 'rejected'
      left join made m on m.source_row = first.source_row
     where i.duplicate
)
select (select count(*) from made where state <> 'rejected'), (select count(*) from made where state = 'rejected'),
       (select count(*) from incoming where duplicate)
