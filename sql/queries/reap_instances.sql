-- Declares instances lost whose lease of $1 milliseconds ran out; $2 is the instance that does it. Index instance_live.
update orderd.instance set lost_at = now()
 where lost_at is null and stopped_at is null and id <> $2::bigint
   and heartbeat_at < now() - $1::bigint * interval '1 millisecond'
returning id
