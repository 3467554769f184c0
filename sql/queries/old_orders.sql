-- The next $3 orders, or some more that ended at the same moment, whose time is over: they ended more than $1 milliseconds ago
-- and after the orders that were looked at before under the name $2. Index order_finished; $3 rows.
select id, finished_at::text
  from orderd."order"
 where finished_at < now() - $1::bigint * interval '1 millisecond'
   and finished_at > coalesce((select value::timestamptz from orderd.setting where name = $2), '-infinity')
 order by finished_at
 fetch first ($3::int) rows with ties
