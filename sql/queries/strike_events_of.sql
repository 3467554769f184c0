-- Strikes out what the events of the orders $1, whose details are about to be emptied, repeat of these in the words of the provider.
-- Events are never updated: those that change are written anew. Primary keys; some four rows an order.
with ended as materialized (
    select id, orderd.personal_values(details) as hidden
      from orderd."order"
     where id = any($1::bigint[]) and details is not null and finished_at is not null
), told as (
    delete from orderd.order_event e
     using ended o
     where e.order_id = o.id and e.through_order_id is null
       and (e.why is not null or e.errors is not null or e.raw is not null or e.evidence is not null)
       and (orderd.struck_out(e.why, o.hidden), orderd.struck_out(e.errors::text, o.hidden), orderd.struck_out(e.raw, o.hidden),
            orderd.struck_out(e.evidence::text, o.hidden)) is distinct from (e.why, e.errors::text, e.raw, e.evidence::text)
    returning e.*, o.hidden
)
insert into orderd.order_event (id, order_id, at, from_state, to_state, event, why, attempt, http_status, errors, order_code, request_id,
                                raw, evidence, instance_id, operator, revision)
overriding system value
select id, order_id, at, from_state, to_state, event, orderd.struck_out(why, hidden), attempt, http_status,
       case when orderd.struck_out(errors::text, hidden) = errors::text then errors
            else (select jsonb_agg(jsonb_build_object('errorCode', e -> 'errorCode', 'requestId', e -> 'requestId'))
                    from jsonb_array_elements(errors) e) end,
       order_code, request_id, orderd.struck_out(raw, hidden),
       case when orderd.struck_out(evidence::text, hidden) = evidence::text then evidence end, instance_id, operator, revision
  from told
