-- What the orders $1, which are in progress at the provider, are for, to compare with what is told of them; whether a person took the
-- code for theirs, whether it came with an answer and was never known to the provider since, whether it was there before they were first sent, whether it was told of another order here, too, and whether
-- it was this order's before it was sent again. Columns from order_type on as in claim_orders. Primary keys; as
-- many rows as the array has elements.
select o.id,
       coalesce((select e.event = 'resolved_as_ours' from orderd.order_event e
                  where e.order_id = o.id and e.to_state = 'accepted' and e.event not in ('following_failed', 'following_resumed') order by e.id desc limit 1), false) as taken_by_person,
       coalesce(o.accepted_at > (select value::timestamptz from orderd.setting where name = 'codes_known_until')
                and (select e.event = 'accepted_by_provider' from orderd.order_event e
                      where e.order_id = o.id and e.to_state = 'accepted' and e.event not in ('following_failed', 'following_resumed')
                      order by e.id desc limit 1), false) as code_never_known,
       exists (select from orderd.seen_order_code s where s.order_code = o.order_code and s.seen_at < o.first_submitted_at) as seen_before,
       exists (select from orderd.order_event e
                where e.order_code = o.order_code and e.order_id <> o.id and e.event = 'outcome_unknown') as told_twice,
       exists (select from orderd.order_event e
                where e.order_id = o.id and e.order_code = o.order_code and e.to_state = 'accepted'
                  and exists (select from orderd.order_event c where c.order_id = o.id and c.event = 'claimed' and c.id > e.id))
           as of_earlier_attempt,
       o.order_type, o.customer_code, o.customer_site_name, o.case_name, o.line_id, o.product_codes, o.customer_site_code,
       o.hope_to_open_at, o.details
  from orderd."order" o where o.id = any($1::bigint[])
