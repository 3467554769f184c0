-- The order that take_over_lost begins with, without orders $1. Index order_submitting; as many rows as the lost ones had claimed.
select o.id
  from orderd."order" o
 where o.state = 'submitting' and o.id <> all ($1::bigint[])
   and not exists (select from orderd.instance i where i.id = o.owner and i.lost_at is null and i.stopped_at is null)
 order by o.id + 0
 limit 1
   for update of o skip locked
