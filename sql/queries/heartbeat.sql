-- Renews the lease of instance $1; no row when it has been declared lost. Primary key; one row.
update orderd.instance set heartbeat_at = now() where id = $1 and lost_at is null returning id
