-- Which of these order codes belong to an order here, or did before it was retried, and what that order is for. What was given
-- back, because it had been taken for the wrong order, belongs to nobody; nor does what was told of an order although it was another's
-- here (outcome_unknown). `ended`: what an order here has now, or had when
-- it ended: it is not searched for under that. Indexes order_code, order_event_order_code and the primary key; as many rows as codes.
select order_code, natural_key, id, true as ended from orderd."order" where order_code = any($1::text[])
union
select e.order_code, o.natural_key, o.id, exists (select from orderd.order_event f where f.order_id = e.order_id and f.id > e.id
                                                      and f.to_state in ('completed', 'partially_failed', 'failed', 'cancelled'))
  from orderd.order_event e join orderd."order" o on o.id = e.order_id
 where e.order_code = any($1::text[]) and e.event <> 'outcome_unknown'
   and not exists (select from orderd.order_event g
                    where g.order_code = e.order_code and g.order_id = e.order_id and g.event in ('resolved_as_not_ours', 'code_is_anothers', 'code_never_known', 'search_asked',
                                                                                              'retry_after_search', 'outcome_missing')
                      and g.id >= e.id)
