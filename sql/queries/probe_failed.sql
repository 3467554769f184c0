-- The probe of instance $1 failed with $2: the circuit is $3 (open or halted) for $4 milliseconds more. One row.
update orderd.circuit
   set failed_probes = failed_probes + 1, why = $2::text, state = $3::text, prober = null,
       probe_at = now() + $4::bigint * interval '1 millisecond'
 where prober = $1::bigint and state <> 'closed'
returning failed_probes
