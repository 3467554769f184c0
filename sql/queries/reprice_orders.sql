-- Gives at most $3 orders of batch $1 that are not with the provider yet, from row $2 on, what their products cost now, where that is
-- known of all of them. Gives the last row looked at. Index order_batch. Rows that somebody moves at this moment are left alone, so that nobody waits for anybody.
with picked as materialized (
    select o.id, o.source_row, o.order_type, o.product_codes
      from orderd."order" o
     where o.batch_id = $1 and o.source_row > $2 and o.order_type in (1, 2)
       and o.state in ('awaiting_approval', 'ready', 'submitting', 'in_doubt', 'held', 'refused')
     order by o.source_row
     limit $3::int
       for update skip locked
), priced as (
    select s.id, case when count(*) = count(p.purchase_price) then sum(p.purchase_price)::bigint end as purchase_price,
           case when count(*) = count(p.monthly_price) then sum(p.monthly_price)::bigint end as monthly_price, max(p.shortest_period) as shortest_period
      from picked s
     cross join lateral unnest(string_to_array(s.product_codes, '|')) w (word)
      left join lateral orderd.product_at(case when s.order_type = 2 then btrim(substr(w.word, 3)) else w.word end, now()) p on true
     where s.order_type = 1 or w.word like '1:%'
     group by s.id
    having count(*) = count(p.valid_from)
), changed as (
    update orderd."order" o
       set purchase_price = p.purchase_price, monthly_price = p.monthly_price, shortest_period = p.shortest_period, updated_at = now()
      from priced p
     where o.id = p.id
       and (o.purchase_price, o.monthly_price, o.shortest_period) is distinct from (p.purchase_price, p.monthly_price, p.shortest_period)
    returning o.id
)
select max(source_row), (select count(*) from changed) from picked
