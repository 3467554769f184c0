-- What moved in batch $1, by minute or hour and state, oldest first. Primary key of batch_progress.
select extract(epoch from at)::bigint, state, sum(orders)::bigint
  from (select at, state, orders from orderd.batch_progress where batch_id = $1::bigint
         union all
        select date_trunc('minute', at), state, orders from orderd.tally_change where batch_id = $1::bigint) c
 group by at, state order by at
