-- The file of the taking $1 lies in done/ as $2. Index batch_take_id_key.
update orderd.batch set kept_as = nullif($2, '') where take_id = $1
returning id, name, kept_as, file_size, file_written, content_hash
