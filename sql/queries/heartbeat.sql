-- Renews the lease of instance $1 and says how many places it holds from now on ($2, at most $3 by its own wish); no row
-- when it has been declared lost. Primary key; one row.
update orderd.instance set heartbeat_at = now(), places = $2::int, place_cap = $3::int
 where id = $1::bigint and lost_at is null
returning id
