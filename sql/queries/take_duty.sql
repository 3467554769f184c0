-- Gives duty $1 to instance $2 for $3 milliseconds when it is free, run out or its own already; no row otherwise.
insert into orderd.duty (name, instance_id, until) values ($1, $2::bigint, now() + $3::bigint * interval '1 millisecond')
on conflict (name) do update set instance_id = excluded.instance_id, until = excluded.until
 where orderd.duty.until < now() or orderd.duty.instance_id = excluded.instance_id
returning name
