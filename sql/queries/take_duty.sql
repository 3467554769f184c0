-- Gives duty $1 to instance $2 for $3 milliseconds when it is free, run out, its own already, or held by an instance that
-- is gone; no row otherwise. Primary keys.
insert into orderd.duty (name, instance_id, until) values ($1, $2::bigint, now() + $3::bigint * interval '1 millisecond')
on conflict (name) do update set instance_id = excluded.instance_id, until = excluded.until
 where orderd.duty.until < now() or orderd.duty.instance_id = excluded.instance_id
    or not exists (select from orderd.instance i where i.id = orderd.duty.instance_id and i.stopped_at is null and i.lost_at is null)
returning name
