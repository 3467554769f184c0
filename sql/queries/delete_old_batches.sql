-- Deletes at most $2 batches older than $1 milliseconds of which no row is left. Index batch_received, order_batch.
with old as (
    select b.id from orderd.batch b
     where b.received_at < now() - $1::bigint * interval '1 millisecond'
       and not exists (select from orderd."order" o where o.batch_id = b.id)
       and not exists (select from orderd.duplicate_row d where d.batch_id = b.id)
       and not exists (select from orderd.tally_change c where c.batch_id = b.id)
     limit $2::int for update skip locked
), told as (
    delete from orderd.tally t using old where t.batch_id = old.id
), nameless as (
    delete from orderd.batch_bringer p using old where p.batch_id = old.id
), progressed as (
    delete from orderd.batch_progress p using old where p.batch_id = old.id
)
delete from orderd.batch b using old where b.id = old.id
returning b.id
