-- Makes hours of the minutes of batch_progress that are older than two days, at most $1 of them. Index batch_progress_minutes:
-- what is an hour already is not looked at again.
with old as (
    delete from orderd.batch_progress p
     where p.ctid = any (array(select ctid from orderd.batch_progress
                                where at < now() - interval '2 days'
                                  and date_trunc('hour', at at time zone 'UTC') <> at at time zone 'UTC'
                                order by at limit $1::int))
    returning p.batch_id, p.at, p.state, p.orders, p.came
), hours as (
    insert into orderd.batch_progress (batch_id, at, state, orders, came)
    select batch_id, date_trunc('hour', at), state, sum(orders), sum(came) from old group by 1, 2, 3
    on conflict (batch_id, at, state) do update set orders = orderd.batch_progress.orders + excluded.orders,
        came = orderd.batch_progress.came + excluded.came
)
select count(*) from old
