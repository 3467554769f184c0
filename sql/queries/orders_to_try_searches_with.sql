-- At most three orders here of type $1 whose codes are known, to see whether a search by their line (as it was sent) or site finds them:
-- in progress first, those that were accepted more than $2 milliseconds ago before the younger ones, then the latest. Those of which the
-- provider does not tell what became of them show nothing. Columns from order_type on as in claim_orders. Indexes
-- order_accepted and order_code; reads at most 1,000 rows.
with known as (
    (select id, order_code, state, accepted_at, order_type, error_code
       from orderd."order" where state = 'accepted' order by id desc limit 500)
    union
    (select id, order_code, state, accepted_at, order_type, error_code
       from orderd."order" where order_code is not null order by order_code using ~>~ limit 500)
), best as (
    select id, state = 'accepted' as in_progress, accepted_at > now() - $2::bigint * interval '1 millisecond' as young, accepted_at
      from known
     where order_code is not null and order_type = $1::int
       and not (state = 'accepted' and coalesce(error_code, '') in ('unknown_at_provider', 'detail_unreadable'))
     order by in_progress desc, young, accepted_at desc nulls last
     limit 3
)
select o.order_code, coalesce(case when o.order_type = 1 then o.line_id end, substr(o.natural_key, strpos(o.natural_key, ':') + 1)) as key,
       b.in_progress, coalesce(o.accepted_at < now() - 2 * $2::bigint * interval '1 millisecond', false) as long_accepted,
       coalesce(to_char(o.accepted_at at time zone 'Asia/Tokyo', 'YYYYMMDD'), '') as accepted_on,
       o.order_type, o.customer_code, o.customer_site_name, o.case_name, o.line_id, o.product_codes, o.customer_site_code,
       o.hope_to_open_at, o.details
  from best b join orderd."order" o using (id)
 order by b.in_progress desc, b.young, b.accepted_at desc nulls last
