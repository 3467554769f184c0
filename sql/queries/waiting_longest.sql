-- Seconds since the oldest ready order was due, and since the oldest order in doubt last moved. Indexes order_ready, order_in_doubt.
select coalesce((select greatest(0, extract(epoch from now() - not_before))::bigint from orderd."order"
                  where state = 'ready' and not_before <= now() order by not_before limit 1), 0),
       coalesce((select greatest(0, extract(epoch from now() - min(coalesce(submitted_at, updated_at))))::bigint
                   from (select submitted_at, updated_at from orderd."order" where state = 'in_doubt' order by not_before, id limit 1000) d), 0)
