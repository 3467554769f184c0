-- Gives the probe of an open circuit to instance $1 for $2 milliseconds, when it is due and nobody else has it. One row.
update orderd.circuit
   set prober = $1::bigint, probe_until = now() + $2::bigint * interval '1 millisecond'
 where state <> 'closed' and probe_at <= now() and (prober is null or prober = $1::bigint or probe_until < now())
returning failed_probes
