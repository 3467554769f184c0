-- Batches, the newest first: named $1 or numbered $2 when given, older than number $3 when that is not 0, $4: only those with
-- something open; at most $5. Primary keys of batch and tally, index order_unpriced; some rows of the tally a batch. With $4, batches are looked at from the
-- newest on until so many are found.
select b.id, b.name, b.source, to_char(b.received_at at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS'), b.file_name, b.directory,
       to_char(b.paused_at at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), b.paused_by, b.rows_taken, b.rows_rejected, b.rows_duplicate,
       t.states, coalesce(t.purchase_price, 0)::bigint, coalesce(t.monthly_price, 0)::bigint,
       b.notes::text,
       (select count(*) from orderd."order" o where o.batch_id = b.id and (o.purchase_price is null or o.monthly_price is null)
           and o.state <> 'rejected' and (o.order_type = 1 or (o.order_type = 2 and o.product_codes ~ '(^|[|])1:'))) as unpriced
  from orderd.batch b
  left join lateral (select string_agg(state || '=' || orders, ',') as states,
                            sum(purchase_price) filter (where state <> 'rejected') as purchase_price,
                            sum(monthly_price) filter (where state <> 'rejected') as monthly_price,
                            coalesce(sum(orders) filter (where state in ('received', 'awaiting_approval', 'ready', 'submitting', 'in_doubt', 'accepted', 'held')), 0) as open
                       from (select state, sum(orders) as orders, sum(purchase_price) as purchase_price, sum(monthly_price) as monthly_price
                               from (select state, orders, purchase_price, monthly_price from orderd.tally where batch_id = b.id
                                      union all
                                     select state, orders, purchase_price, monthly_price from orderd.tally_change where batch_id = b.id) c
                              group by state having sum(orders) <> 0) s) t on true
 where ($1 = '' or b.name = $1) and ($2::bigint = 0 or b.id = $2::bigint) and ($3::bigint = 0 or b.id < $3::bigint)
   and (not $4::boolean or t.open > 0 or b.paused_at is not null)
 order by b.id desc
 limit $5::int
