-- The file of batch $1 grew and was taken in again as another batch: its answers say so ($2, a list of notes), and nobody looks at the
-- file as this batch's any more. Primary key.
update orderd.batch set notes = notes || $2::jsonb, kept_as = null, reported_at = null where id = $1::bigint
