-- At most 500 sites in use after code $2, of batch $1 when that is not "", with what is known of them. Primary key; index order_site.
select s.code, s.detail::text, s.code as customer_site_code, s.name as customer_site_name, s.case_name, s.line_id, s.global_ip,
       s.start_at, s.prefecture
  from orderd.site s
 where s.code > $2 and s.status = '1' and s.detail <> '{}'
   and ($1 = '' or exists (select from orderd."order" o join orderd.batch b on b.id = o.batch_id
                            where o.customer_site_code = s.code and o.order_type = 1 and b.name = $1))
 order by s.code
 limit 500
