-- Milliseconds until the next ready order is due that may be claimed (see claim_orders); null when none is. Orders $1 are left
-- out. Index order_ready; one row.
select (extract(epoch from (least(not_before, now() + interval '1 day') - now())) * 1000)::bigint
  from orderd."order"
 where state = 'ready' and id <> all ($1::bigint[])
   and batch_id <> all (coalesce((select array_agg(id) from orderd.batch where paused_at is not null), '{}'))
   and ((select value from orderd.setting where name = 'restored_at') is null
        or proven_absent_at >= (select value::timestamptz from orderd.setting where name = 'restored_at')
        or id > (select value::bigint from orderd.setting where name = 'restored_through'
                    and not exists (select from orderd.setting where name = 'restored_since')))
 order by not_before, id limit 1
