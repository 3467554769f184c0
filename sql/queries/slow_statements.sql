-- Statements of this program and login that have taken long and wait neither for a lock (see lock_waits) nor for the program, longest
-- first: the session's number, for how many seconds, and the beginning of its text. Reads no table.
select pid, extract(epoch from clock_timestamp() - query_start)::bigint, left(regexp_replace(query, '\s+', ' ', 'g'), 80)
  from pg_stat_activity
 where datname = current_database() and usename = session_user and application_name = current_setting('application_name')
   and state = 'active' and pid <> pg_backend_pid() and query_start < clock_timestamp() - make_interval(secs => $1::int)
   and wait_event_type is distinct from 'Lock' and wait_event_type is distinct from 'Client'
 order by 2 desc, 1
 limit 5
