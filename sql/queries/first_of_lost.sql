-- The order that take_over_lost begins with, without orders $1. Index order_submitting; as many rows as the lost ones had claimed.
select o.id
  from orderd."order" o left join orderd.instance i on i.id = o.owner
 where o.state = 'submitting' and (i.id is null or i.lost_at is not null or i.stopped_at is not null) and o.id <> all ($1::bigint[])
 order by o.id
 limit 1
   for update of o skip locked
