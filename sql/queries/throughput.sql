-- What the provider answered to orders, and which orders ended, in each of the last $1 minutes. Index batch_progress_at, and the
-- changes not folded yet.
select extract(epoch from minute)::bigint,
       coalesce(sum(came) filter (where state in ('accepted', 'refused')), 0)::bigint,
       coalesce(sum(came) filter (where state in ('completed', 'failed', 'cancelled', 'partially_failed')), 0)::bigint
  from (select at as minute, state, came from orderd.batch_progress where at >= date_trunc('minute', now()) - $1::int * interval '1 minute'
         union all
        select date_trunc('minute', at), state, greatest(orders, 0) from orderd.tally_change
         where at >= date_trunc('minute', now()) - $1::int * interval '1 minute') c
 group by minute order by minute
