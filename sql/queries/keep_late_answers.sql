-- Answers of the provider that came when their order was somebody else's already: kept as events, never lost. An answer
-- that did move its order, or was kept, and whose statement is repeated, is not among them: it is known by its event and code. As many
-- rows as the arrays have elements. The order code stands in `why` only: the order is not known to own it (orderd.code_told_late reads it).
insert into orderd.order_event (order_id, from_state, to_state, event, why, http_status, errors, request_id, raw, instance_id, revision)
select o.id, null, o.state, 'late_answer', a.why, nullif(a.http_status, 0), a.errors::jsonb, a.request_id, a.raw, $7::bigint, a.revision
  from unnest($1::bigint[], $2::int[], $3::text[], $4::int[], $5::text[], $6::text[], $8::text[], $9::text[], $10::text[])
       as a (id, revision, why, http_status, errors, request_id, raw, event, order_code)
  join orderd."order" o on o.id = a.id
 where not exists (select from orderd.order_event e
                    where e.order_id = a.id and e.revision = a.revision and e.instance_id = $7::bigint
                      and (e.event = a.event and e.order_code is not distinct from a.order_code or e.event = 'late_answer' and e.why = a.why))
returning order_id
