-- Takes at most $1 orders in doubt whose settle time is over, and hides them for $2 milliseconds from other searchers. The
-- new revision shuts out whoever searched before. `resent`: it was found not to be created once, and sent again;
-- `line_busy`: the last answer was 4000139, its line has a live order. Index order_in_doubt; touches $1 rows.
with picked as materialized (
    select id from orderd."order"
     where state = 'in_doubt' and not_before <= now()
     order by not_before, id
     limit $1::int
       for update skip locked
)
update orderd."order" o
   set revision = o.revision + 1, not_before = now() + $2::bigint * interval '1 millisecond'
  from picked
 where o.id = picked.id
returning o.id, o.revision, o.attempts, o.searches, o.order_type, o.line_id, o.natural_key, o.customer_site_name,
          o.product_codes, to_char(coalesce(o.first_submitted_at, o.received_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') as submitted_at,
          exists (select from orderd.order_event e where e.order_id = o.id and e.event = 'not_created' and e.at >= o.first_submitted_at) as resent,
          coalesce(o.error_code = '4000139', false) as line_busy,
          (select value::bigint from orderd.setting where name = 'settle_time_too_short_ms') as settle_time_too_short_ms
