-- Holds at most $1 ready orders of paused batches that came there after the pause. Index order_ready; reads the ready orders
-- only while a batch is paused.
with picked as (
    select id from orderd."order"
     where state = 'ready' and exists (select from orderd.batch where paused_at is not null)
       and batch_id in (select id from orderd.batch where paused_at is not null)
     limit $1::int for update skip locked
), moved as (
    update orderd."order" o
       set state = 'held', revision = o.revision + 1, updated_at = now()
      from picked where o.id = picked.id
    returning o.id, o.attempts, o.revision
), logged as (
    insert into orderd.order_event (order_id, from_state, to_state, event, why, attempt, revision)
    select id, 'ready', 'held', 'batch_paused', 'its batch is paused', attempts, revision - 1 from moved
)
select count(*) from moved
