-- Deletes at most $2 notes of rows that came before, of batches older than $1 milliseconds. Index batch_received, primary key; a
-- look for each of the old batches.
delete from orderd.duplicate_row d
 where d.ctid = any (array(select r.ctid
                             from orderd.batch b
                            cross join lateral (select ctid from orderd.duplicate_row where batch_id = b.id order by source_row limit $2::int) r
                            where b.received_at < now() - $1::bigint * interval '1 millisecond'
                            order by b.received_at
                            limit $2::int))
returning d.batch_id
