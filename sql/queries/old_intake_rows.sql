-- The next $3 rows of intake.order_row that were rejected, or had come before, more than $1 milliseconds ago, after those that were
-- looked at before for the purpose $2; none that an open transaction could still be among, as in old_orders. Index order_row_settled;
-- $3 rows.
select id, taken_at::text as ended_at
  from intake.order_row
 where state in ('rejected', 'duplicate')
   and taken_at < least(now() - $1::bigint * interval '1 millisecond',
                        (select min(xact_start) from pg_stat_activity where datname = current_database() and backend_type = 'client backend'))
   and (taken_at, id) > (coalesce((select ended_at from orderd.kept_through where purpose = $2), '-infinity'),
                         coalesce((select id from orderd.kept_through where purpose = $2), 0))
 order by taken_at, id
 limit $3::int
