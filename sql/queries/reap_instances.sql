-- Declares instances lost whose lease of $1 milliseconds ran out, and puts their claimed orders in doubt, due after $2
-- milliseconds, in one transaction: they may have been sent. $3 is the instance that does it. Indexes instance_live,
-- order_submitting; a look for each instance that is gone, and as many orders as the lost ones had claimed. What live ones have
-- claimed is not read: while somebody's transaction is open, all that they claimed since still lies in the index.
with lost as (
    update orderd.instance set lost_at = now()
     where lost_at is null and stopped_at is null and id <> $3::bigint
       and heartbeat_at < now() - $1::bigint * interval '1 millisecond'
    returning id
), left_behind as materialized (
    select o.id, i.id as instance_id
      from orderd.instance i
     cross join lateral (select id from orderd."order" where state = 'submitting' and owner = i.id offset 0) o
     where i.lost_at is not null or i.stopped_at is not null or i.id in (select id from lost)
), moved as (
    update orderd."order" o
       set state = 'in_doubt', revision = o.revision + 1, doubts = o.doubts + 1, searches = 0, updated_at = now(),
           not_before = now() + $2::bigint * interval '1 millisecond'
      from left_behind l
     where o.id = l.id and o.state = 'submitting' and o.owner = l.instance_id
    returning o.id, o.attempts, o.revision, l.instance_id
), logged as (
    insert into orderd.order_event (order_id, from_state, to_state, event, why, attempt, instance_id, revision)
    select id, 'submitting', 'in_doubt', 'instance_lost', 'instance ' || instance_id || ' is gone; the request may have been sent',
           attempts, $3::bigint, revision - 1
      from moved
)
select (select count(*) from lost), (select count(*) from moved)
