-- The order made of the row of batch $1 behind which its file ended without a line break, when that same row of batch $2 is another one
-- now. Index order_batch.
select o.request_key, o.source_row
  from orderd.batch b
  join orderd."order" o on o.batch_id = b.id and o.source_row = b.unfinished_row and o.state <> 'rejected'
  join orderd."order" n on n.batch_id = $2::bigint and n.source_row = b.unfinished_row and n.content_hash <> o.content_hash
 where b.id = $1::bigint
