-- What is due and what is still to be made an hour of is found by index, however much lies beside it.
create index site_refresh_due on orderd.site_refresh (due_at);
create index batch_progress_minutes on orderd.batch_progress (at)
    where date_trunc('hour', at at time zone 'UTC') <> at at time zone 'UTC';
