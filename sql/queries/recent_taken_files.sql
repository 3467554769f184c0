-- The files of drop directory $1 that were taken in within the last day, the newest first, at most 5000. Index batch_received.
select id, name, kept_as, file_size, file_written, content_hash
  from orderd.batch
 where received_at > now() - interval '1 day' and directory = $1 and kept_as is not null
 order by received_at desc
 limit 5000
