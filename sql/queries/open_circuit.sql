-- Opens the circuit ($1 open or halted) because of $2, for $3 milliseconds, unless it is as open already. One row.
with opened as (
    update orderd.circuit
       set state = $1::text, why = $2::text, changed_at = now(), failed_probes = 0, prober = null,
           probe_at = now() + $3::bigint * interval '1 millisecond'
     where state = 'closed' or (state = 'open' and $1::text = 'halted')
    returning 1
)
select pg_notify('orderd_circuit', '') from opened
