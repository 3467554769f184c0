-- Every row of batch $1, with the state of its order; a row that came before shows the order that was there, and where it came from
-- unless that is a program. Indexes order_batch and duplicate_row_pkey, in whose order the rows come: the first ones come soon,
-- however many there are.
(select o.source_row, false, o.request_key, o.order_type, o.customer_site_name, o.case_name, o.line_id, o.state, o.order_code,
       o.customer_site_code, o.application_date, o.hope_to_start_at, o.hope_to_end_at, o.global_ip, o.error_code, o.error_message,
       o.findings::text, o.attempts, to_char(o.updated_at at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS'), null, null
  from orderd."order" o where o.batch_id = $1
 order by o.source_row)
union all
(select d.source_row, true, d.request_key, o.order_type, o.customer_site_name, o.case_name, o.line_id, o.state, o.order_code,
       o.customer_site_code, o.application_date, o.hope_to_start_at, o.hope_to_end_at, o.global_ip, o.error_code, o.error_message,
       '[]', o.attempts, to_char(o.updated_at at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS'), case when b.source <> 'table' then b.name end, o.source_row
  from orderd.duplicate_row d
  left join orderd."order" o on o.id = d.order_id
  left join orderd.batch b on b.id = o.batch_id
 where d.batch_id = $1
 order by d.source_row)
 order by 1
