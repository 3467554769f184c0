-- Orders by state, of batch $1 or of all when that is 0. Reads the tally: some rows a batch.
select state, sum(orders)::bigint
  from (select state, orders from orderd.tally where $1::bigint = 0 or batch_id = $1::bigint
         union all
        select state, orders from orderd.tally_change where $1::bigint = 0 or batch_id = $1::bigint) t
 group by state having sum(orders) > 0
