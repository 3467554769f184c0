-- Puts at most $1 orders in doubt that instances which are gone had claimed, or that nobody has: they may have been sent. They are due after the settle time
-- that they were claimed with, or $2 milliseconds if that is longer. $3 is the instance that does it; orders $4 are left out. Gives
-- each order, and whether it changed: somebody's trigger may keep it as it was. Index order_submitting; as many orders as the lost ones
-- had claimed.
with picked as materialized (
    select o.id, o.owner as instance_id
      from orderd."order" o
     where o.state = 'submitting' and o.id <> all ($4::bigint[])
       and not exists (select from orderd.instance i where i.id = o.owner and i.lost_at is null and i.stopped_at is null)
     order by o.id + 0 -- of those that are submitting; not along the primary key
     limit $1::int
       for update of o skip locked
), moved as (
    update orderd."order" o
       set state = 'in_doubt', revision = o.revision + 1, doubts = o.doubts + 1, searches = 0, uncontrolled_searches = 0, inconclusive_since = null, updated_at = now(),
           not_before = now() + greatest(o.settle_ms, $2::bigint) * interval '1 millisecond'
      from picked
     where o.id = picked.id
    returning o.id, o.attempts, o.revision, picked.instance_id, o.state = 'in_doubt' as changed
), logged as (
    insert into orderd.order_event (order_id, from_state, to_state, event, why, attempt, instance_id, revision)
    select id, 'submitting', 'in_doubt', 'instance_lost', coalesce('instance ' || instance_id || ' is gone', 'it has no instance') || '; the request may have been sent',
           attempts, $3::bigint, revision - 1
      from moved where changed
)
select id, id = any (array(select id from moved where changed)) from picked
