-- The other change orders here of the site of order $1 that were sent and have not ended; columns as in order_to_search,
-- and the order code.
-- Index order_natural_key_ended; as many rows as changes of that site.
select o.id, o.revision, o.attempts, o.searches, o.uncontrolled_searches,
       to_char(coalesce(o.first_submitted_at, o.received_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') as submitted_at,
       coalesce(o.settle_ms, 0) as settle_ms, null::bigint as inconclusive_ms, null::bigint as sent_ms_ago, o.line_busy, false as resent,
       '' as given_back, '' as ruled_out, '' as shown_before, 0 as shown_unnamed, false as told_created, null as told_late, null::bigint as settle_time_too_short_ms,
       o.order_type, o.customer_code, o.customer_site_name, o.case_name, o.line_id, o.product_codes, o.customer_site_code,
       o.hope_to_open_at, o.details, coalesce(o.order_code, '') as order_code
  from orderd."order" me join orderd."order" o on o.natural_key = me.natural_key and o.order_type = 2
 where me.id = $1::bigint and me.order_type = 2 and o.id <> me.id and o.first_submitted_at is not null
   and (o.order_code is null and o.state in ('submitting', 'in_doubt', 'held') or o.order_code is not null and o.state = 'accepted')
 order by o.id
 limit 100
