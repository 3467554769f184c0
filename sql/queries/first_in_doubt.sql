-- The order that due_in_doubt begins with, without orders $1. Index order_in_doubt; one row.
select id from orderd."order"
 where state = 'in_doubt' and not_before <= now() and id <> all ($1::bigint[])
 order by not_before, id
 limit 1
   for update skip locked
