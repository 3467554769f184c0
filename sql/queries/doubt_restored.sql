-- Puts in doubt at most $2 ready orders that may have been sent after $1, when the backup was made that this database was
-- restored from; with $3, only those that were never in doubt, which came after it was restored. An order that was never due
-- was not sent. The provider is searched for each before anything is sent. Index order_ready.
with picked as (
    select id from orderd."order"
     where state = 'ready' and (not_before <= now() or attempts > 0) and (not $3::boolean or doubts = 0)
     limit $2::int for update skip locked
), moved as (
    update orderd."order" o
       set state = 'in_doubt', revision = o.revision + 1, doubts = o.doubts + 1, searches = 0, not_before = now(), updated_at = now(),
           first_submitted_at = least(coalesce(o.first_submitted_at, $1::timestamptz), $1::timestamptz)
      from picked where o.id = picked.id
    returning o.id, o.attempts, o.revision
), logged as (
    insert into orderd.order_event (order_id, from_state, to_state, event, why, attempt, operator, revision)
    select id, 'ready', 'in_doubt', 'database_restored', 'the database was restored from a backup; it may have been sent since',
           attempts, nullif($4::text, ''), revision - 1
      from moved
)
select count(*) from moved
