-- The provider accepted a request: everybody may send. One row.
with closed as (
    update orderd.circuit set state = 'closed', why = null, changed_at = now(), failed_probes = 0, probe_at = null, prober = null
     where state <> 'closed'
    returning 1
)
select pg_notify('orderd_circuit', '') from closed
