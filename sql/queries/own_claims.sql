-- What instance $1 has claimed and not yet recorded. Index order_submitting; at most three times max_in_flight rows.
select id, revision from orderd."order" where state = 'submitting' and owner = $1::bigint
