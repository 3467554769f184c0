-- Milliseconds until the next ready order is due; null when none is. Index order_ready; one row.
select (extract(epoch from (not_before - now())) * 1000)::bigint
  from orderd."order" where state = 'ready' order by not_before, id limit 1
