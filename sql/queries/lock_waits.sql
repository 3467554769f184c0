-- Who keeps sessions of this program and login waiting for a lock, longest first: its session's number, login, program, and for how
-- many seconds the one that waits longest has waited. Daemons that wait for each other are at work, and are not told. Reads no table.
select b.pid, coalesce(b.usename, ''), coalesce(b.application_name, ''), max(extract(epoch from clock_timestamp() - w.query_start))::bigint
  from pg_stat_activity w
 cross join lateral unnest(pg_blocking_pids(w.pid)) as blocking (pid)
  join pg_stat_activity b on b.pid = blocking.pid
 where w.wait_event_type = 'Lock' and w.datname = current_database() and w.usename = session_user
   and w.application_name = current_setting('application_name')
   and (b.usename is distinct from w.usename or b.application_name is distinct from w.application_name)
 group by b.pid, b.usename, b.application_name
 order by 4 desc, 1
 limit 5
