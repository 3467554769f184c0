-- What order $1 can be found by at the provider; columns as in due_in_doubt. Primary key; one row.
select o.id, o.revision, o.attempts, o.searches, o.order_type, o.line_id, o.natural_key, o.customer_site_name,
       o.product_codes, to_char(coalesce(o.first_submitted_at, o.received_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') as submitted_at,
       false as resent, false as line_busy
  from orderd."order" o where o.id = $1::bigint and o.order_type is not null
