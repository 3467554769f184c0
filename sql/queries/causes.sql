-- Orders that were refused, failed or are held, by error code and state, with one as an example; of batch $1, or of the newest
-- 50 batches when that is 0; the $2 most frequent. Index order_trouble.
with grouped as (
    select o.error_code, o.state, count(*) as orders, max(o.batch_id) as batch_id
      from orderd."order" o
     where o.state in ('refused', 'failed', 'partially_failed', 'cancelled', 'held')
       and o.batch_id >= case when $1::bigint <> 0 then $1::bigint
                              else coalesce((select id from orderd.batch order by id desc offset 49 limit 1), 0) end
       and o.batch_id <= case when $1::bigint <> 0 then $1::bigint else 9223372036854775807 end
     group by o.error_code, o.state
     order by 3 desc limit $2::int
)
select coalesce(g.error_code, ''), g.state, g.orders, coalesce(e.error_message, ''), coalesce(e.request_key, ''), coalesce(e.id, 0)
  from grouped g
  left join lateral (select o.id, o.error_message, o.request_key from orderd."order" o
                      where o.batch_id = g.batch_id and o.error_code is not distinct from g.error_code and o.state = g.state
                        and o.state in ('refused', 'failed', 'partially_failed', 'cancelled', 'held')
                      limit 1) e on true
 order by g.orders desc
