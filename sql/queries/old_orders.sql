-- The next $3 orders whose time is over: they ended more than $1 milliseconds ago, and after those that were looked at before for the
-- purpose $2. What an open transaction ends carries the time at which that began: nothing younger is looked at before it is over, or
-- it would be passed. Index order_finished; $3 rows.
select id, finished_at::text as ended_at
  from orderd."order"
 where finished_at < least(now() - $1::bigint * interval '1 millisecond',
                           (select min(xact_start) from pg_stat_activity where datname = current_database() and backend_type = 'client backend'))
   and (finished_at, id) > (coalesce((select ended_at from orderd.kept_through where purpose = $2), '-infinity'),
                            coalesce((select id from orderd.kept_through where purpose = $2), 0))
 order by finished_at, id
 limit $3::int
