-- At most three orders here whose codes are known, to see whether a search by line ($1 = 'line') or site ($1 = 'site') finds them:
-- in progress first, those that were accepted more than $2 milliseconds ago before the younger ones, then the latest. Indexes
-- order_accepted and order_code; reads at most 1,000 rows.
with known as (
    (select order_code, state, accepted_at, order_type, line_id, customer_site_code, natural_key
       from orderd."order" where state = 'accepted' order by id desc limit 500)
    union
    (select order_code, state, accepted_at, order_type, line_id, customer_site_code, natural_key
       from orderd."order" where order_code is not null order by order_code using ~>~ limit 500)
), keyed as (
    select order_code, state = 'accepted' as in_progress, accepted_at,
           case when $1 = 'line' then case when order_type = 1 then line_id end
                when order_type = 1 then customer_site_code
                else substr(natural_key, strpos(natural_key, ':') + 1) end as key
      from known where order_code is not null
)
select order_code, key, in_progress from keyed
 where key <> ''
 order by in_progress desc, accepted_at > now() - $2::bigint * interval '1 millisecond', accepted_at desc nulls last
 limit 3
