-- Orders that were refused, failed, are held, or are in progress and cannot be followed, by error code and state, with one as an
-- example; of batch $1, or of the newest 50 batches when that is 0; the $2 most frequent. Indexes order_trouble, order_not_followed.
with batches as (
    select case when $1::bigint <> 0 then $1::bigint
                else coalesce((select id from orderd.batch order by id desc offset 49 limit 1), 0) end as first,
           case when $1::bigint <> 0 then $1::bigint else 9223372036854775807 end as last
), grouped as (
    select o.error_code, o.state, count(*) as orders, max(o.batch_id) as batch_id
      from orderd."order" o
     where o.state in ('refused', 'failed', 'partially_failed', 'cancelled', 'held')
       and o.batch_id >= (select first from batches) and o.batch_id <= (select last from batches)
     group by o.error_code, o.state
    union all
    select o.error_code, o.state, count(*), max(o.batch_id)
      from orderd."order" o
     where o.state = 'accepted' and o.error_code is not null
       and o.batch_id >= (select first from batches) and o.batch_id <= (select last from batches)
     group by o.error_code, o.state
     order by 3 desc limit $2::int
)
select coalesce(g.error_code, ''), g.state, g.orders, coalesce(e.error_message, ''), coalesce(e.request_key, ''), coalesce(e.id, 0)
  from grouped g
  left join lateral (select o.id, o.error_message, o.request_key from orderd."order" o
                      where o.batch_id = g.batch_id and o.error_code is not distinct from g.error_code and o.state = g.state
                        and o.state in ('refused', 'failed', 'partially_failed', 'cancelled', 'held')
                      union all
                     select o.id, o.error_message, o.request_key from orderd."order" o
                      where o.batch_id = g.batch_id and o.error_code = g.error_code and g.state = 'accepted'
                        and o.state = 'accepted' and o.error_code is not null
                      limit 1) e on true
 order by g.orders desc
