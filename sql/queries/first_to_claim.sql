-- The order that claim_orders begins with, from $1 microseconds of Unix time and order $2 on and without orders $3. Index order_ready;
-- one row.
select id from orderd."order"
 where state = 'ready' and not_before <= now()
   and (not_before, id) >= (timestamptz 'epoch' + $1::bigint * interval '1 microsecond', $2::bigint)
   and id <> all ($3::bigint[])
   and batch_id <> all (coalesce((select array_agg(id) from orderd.batch where paused_at is not null), '{}'))
   and ((select value from orderd.setting where name = 'restored_at') is null
        or proven_absent_at >= (select value::timestamptz from orderd.setting where name = 'restored_at')
        or id > (select value::bigint from orderd.setting where name = 'restored_through'
                    and not exists (select from orderd.setting where name = 'restored_since')))
 order by not_before, id
 limit 1
   for update skip locked
