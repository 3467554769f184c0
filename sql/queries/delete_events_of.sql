-- Deletes the events of the orders $1 that ended, and gives of how many there were any. Of events that name an order code that much is
-- kept: a code that was ours once is never taken for a new one; so are lines that are about several orders. Events are never updated:
-- those are written anew without words. Primary key; some four rows an order.
with told as (
    delete from orderd.order_event
     where order_id = any($1::bigint[]) and through_order_id is null
       and (order_code is null or why is not null or errors is not null or raw is not null or evidence is not null)
    returning *
), kept as (
    insert into orderd.order_event (id, order_id, at, from_state, to_state, event, attempt, http_status, order_code, request_id, instance_id,
                                    operator, revision)
    overriding system value
    select id, order_id, at, from_state, to_state, event, attempt, http_status, order_code, request_id, instance_id, operator, revision
      from told where order_code is not null
)
select count(distinct order_id) from told
