-- Which of the codes $2 were seen at the provider before order $1 was first sent. Primary keys; as many rows as codes.
select s.order_code
  from orderd.seen_order_code s, orderd."order" o
 where o.id = $1::bigint and s.order_code = any($2::text[]) and s.seen_at < coalesce(o.first_submitted_at, o.received_at)
