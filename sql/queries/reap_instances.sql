-- Declares instances lost whose lease of $1 milliseconds ran out, and puts their claimed orders in doubt, in one transaction: they
-- may have been sent. They are due after the settle time that they were claimed with, or $2 milliseconds if that is longer. $3 is the instance that does it. Indexes instance_live,
-- order_submitting; as many orders as the lost ones had claimed.
with lost as (
    update orderd.instance set lost_at = now()
     where lost_at is null and stopped_at is null and id <> $3::bigint
       and heartbeat_at < now() - $1::bigint * interval '1 millisecond'
    returning id
), moved as (
    update orderd."order" o
       set state = 'in_doubt', revision = o.revision + 1, doubts = o.doubts + 1, searches = 0, uncontrolled_searches = 0, inconclusive_since = null, updated_at = now(),
           not_before = now() + greatest(o.settle_ms, $2::bigint) * interval '1 millisecond'
      from orderd.instance i
     where o.state = 'submitting' and o.owner = i.id
       and (i.id in (select id from lost) or i.lost_at is not null or i.stopped_at is not null)
    returning o.id, o.attempts, o.revision, i.id as instance_id
), logged as (
    insert into orderd.order_event (order_id, from_state, to_state, event, why, attempt, instance_id, revision)
    select id, 'submitting', 'in_doubt', 'instance_lost', 'instance ' || instance_id || ' is gone; the request may have been sent',
           attempts, $3::bigint, revision - 1
      from moved
)
select (select count(*) from lost), (select count(*) from moved)
