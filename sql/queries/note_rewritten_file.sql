-- The file of batch $1 was written to without other content: it is looked at as from $2, $3 on. Primary key.
update orderd.batch set file_size = $2::bigint, file_written = $3::bigint where id = $1::bigint
