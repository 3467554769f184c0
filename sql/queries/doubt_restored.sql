-- Puts in doubt at most $2 ready orders that a restored backup brought, or that came before the restore was declared over: they may
-- have been sent after $1, when the backup was made, and have not been searched for since. An order that was never due was not sent.
-- What was on the wire when the database was restored has a settle time to be performed.
-- Index order_ready.
with picked as (
    select id from orderd."order"
     where state = 'ready' and (not_before <= now() or attempts > 0)
       and coalesce(proven_absent_at < (select value::timestamptz from orderd.setting where name = 'restored_at'), true)
       and (id <= (select value::bigint from orderd.setting where name = 'restored_through')
            or exists (select from orderd.setting where name = 'restored_since'))
     limit $2::int for update skip locked
), moved as (
    update orderd."order" o
       set state = 'in_doubt', revision = o.revision + 1, doubts = o.doubts + 1, searches = 0, uncontrolled_searches = 0,
           inconclusive_since = null, updated_at = now(),
           not_before = greatest(now(), (select value::timestamptz from orderd.setting where name = 'restored_at') + interval '1 millisecond'
                * greatest(o.settle_ms, (select value::bigint from orderd.setting where name = 'restored_settle_ms'))),
           first_submitted_at = least(coalesce(o.first_submitted_at, $1::timestamptz), $1::timestamptz)
      from picked where o.id = picked.id
    returning o.id, o.attempts, o.revision
), logged as (
    insert into orderd.order_event (order_id, from_state, to_state, event, why, attempt, operator, revision)
    select id, 'ready', 'in_doubt', 'database_restored', 'the database was restored from a backup; it may have been sent since',
           attempts, nullif($3::text, ''), revision - 1
      from moved
)
select count(*) from moved
