-- The rules that rejected rows of batch $1: how many rows each, and one of its messages. Index order_batch; reads the batch's
-- rejected rows.
select f ->> 'rule', count(distinct o.id), min(f ->> 'message_ja'), min(f ->> 'message_en')
  from orderd."order" o cross join lateral jsonb_array_elements(o.findings) f
 where o.batch_id = $1::bigint and o.state = 'rejected' and f ->> 'severity' = 'error'
 group by 1 order by 2 desc, 1
