-- Which of these order codes belong to an order here, or did before it was retried, and what that order is for. What a person gave
-- back, because it had been taken for the wrong order, belongs to nobody. Indexes order_code, order_event_order_code and the primary
-- key; as many rows as codes.
select order_code, natural_key from orderd."order" where order_code = any($1::text[])
union
select e.order_code, o.natural_key
  from orderd.order_event e join orderd."order" o on o.id = e.order_id
 where e.order_code = any($1::text[])
   and not exists (select from orderd.order_event g
                    where g.order_code = e.order_code and g.order_id = e.order_id and g.event = 'resolved_as_not_ours' and g.id >= e.id)
