-- Empties the details (addresses, telephone numbers, the line access key) of the orders $1. Primary key.
update orderd."order" set details = null where id = any($1::bigint[]) and details is not null and finished_at is not null
returning id
