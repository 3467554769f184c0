-- At most three orders here of type $1 whose codes are known, to see whether a search by their line (as it was sent) or site finds them:
-- in progress first, those that were accepted more than $2 milliseconds ago before the younger ones, then the latest. Indexes
-- order_accepted and order_code; reads at most 1,000 rows.
with known as (
    (select order_code, state, accepted_at, order_type, natural_key, line_id, customer_site_name
       from orderd."order" where state = 'accepted' order by id desc limit 500)
    union
    (select order_code, state, accepted_at, order_type, natural_key, line_id, customer_site_name
       from orderd."order" where order_code is not null order by order_code using ~>~ limit 500)
)
select order_code, coalesce(case when order_type = 1 then line_id end, substr(natural_key, strpos(natural_key, ':') + 1)) as key,
       state = 'accepted' as in_progress, coalesce(to_char(accepted_at at time zone 'Asia/Tokyo', 'YYYYMMDD'), '') as accepted_on,
       customer_site_name
  from known
 where order_code is not null and order_type = $1::int
 order by in_progress desc, accepted_at > now() - $2::bigint * interval '1 millisecond', accepted_at desc nulls last
 limit 3
