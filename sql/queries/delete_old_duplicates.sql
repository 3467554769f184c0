-- Deletes at most $2 notes of rows that came before, of batches older than $1 milliseconds. Index batch_received.
delete from orderd.duplicate_row d
 using (select r.batch_id, r.source_row from orderd.duplicate_row r join orderd.batch b on b.id = r.batch_id
         where b.received_at < now() - $1::bigint * interval '1 millisecond' limit $2::int) old
 where d.batch_id = old.batch_id and d.source_row = old.source_row
returning d.batch_id
