-- Nothing is sent for $1 milliseconds: the provider asked for it. One row.
with paused as (
    update orderd.circuit set paused_until = now() + $1::bigint * interval '1 millisecond'
     where paused_until < now() + $1::bigint * interval '1 millisecond'
    returning 1
)
select pg_notify('orderd_circuit', '') from paused
