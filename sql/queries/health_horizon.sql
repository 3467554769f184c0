-- Who keeps old row versions from being cleaned up: sessions with an old snapshot, replication slots, prepared transactions.
-- One row each: who, for how long in seconds, how many transactions back.
select 'session ' || pid || ' of ' || coalesce(usename, '?') || coalesce(' (' || nullif(application_name, '') || ')', '') || ', ' || coalesce(state, '?'),
       extract(epoch from now() - coalesce(xact_start, query_start, now()))::bigint, age(backend_xmin)
  from pg_stat_activity
 where backend_xmin is not null and pid <> pg_backend_pid() and backend_type = 'client backend'
   and xact_start < now() - interval '5 minutes'
union all
select 'replication slot ' || slot_name || case when active then '' else ', inactive' end, null, greatest(age(xmin), age(catalog_xmin))
  from pg_replication_slots where coalesce(xmin, catalog_xmin) is not null and greatest(age(xmin), age(catalog_xmin)) > 100000
union all
select 'prepared transaction ' || gid, extract(epoch from now() - prepared)::bigint, age(transaction)
  from pg_prepared_xacts where prepared < now() - interval '5 minutes'
