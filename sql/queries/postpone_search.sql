-- The search for order $1 in doubt failed: it is due again in $3 milliseconds, if nobody else has it by then (revision $2).
update orderd."order" set not_before = now() + $3::bigint * interval '1 millisecond'
 where id = $1::bigint and revision = $2::int and state = 'in_doubt'
