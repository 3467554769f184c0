-- The circuit: state, why, failed probes, milliseconds until a probe may go out and until a pause that the provider asked
-- for is over, and whether a probe is out. One row.
select state, coalesce(why, ''), failed_probes,
       greatest(0, extract(epoch from coalesce(probe_at, now()) - now()) * 1000)::bigint,
       greatest(0, extract(epoch from case when paused_until > now() then paused_until - now() else interval '0' end) * 1000)::bigint,
       prober is not null and probe_until > now()
  from orderd.circuit
