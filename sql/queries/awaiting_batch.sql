-- What batch $1 waits for consent with, and what of it is still to be judged or taken in. One snapshot; locks nothing. Indexes
-- order_batch and order_row_waiting.
with batch as (
    -- Rows of a program join the batch of their name; where a file or another program has that name, the one with a number behind it.
    select name, inserted_by, inserted_as,
           (select f.name from orderd.batch f
             where f.name = regexp_replace(b.name, '[.][0-9]+$', '')
               and (f.source <> 'table' or (f.inserted_by, f.inserted_as) is distinct from (b.inserted_by, b.inserted_as))) as name_of_other
      from orderd.batch b where id = $1::bigint and source = 'table'
), to_come as (
    select count(*)::int as n
      from batch b join intake.order_row r on r.state = 'received'
       and coalesce(nullif(r.batch_name, ''), 'table ' || (r.inserted_at at time zone 'Asia/Tokyo')::date) in (b.name, b.name_of_other)
       and (b.inserted_by is null or (b.inserted_by, b.inserted_as) = (r.inserted_by, coalesce(r.inserted_as, r.inserted_by)))
)
select count(*) filter (where state = 'awaiting_approval')::int,
       coalesce(sum(purchase_price) filter (where state = 'awaiting_approval'), 0)::bigint,
       coalesce(sum(monthly_price) filter (where state = 'awaiting_approval'), 0)::bigint,
       (count(*) filter (where state = 'awaiting_approval' and (order_type = 1 or product_codes ~ '(^|[|])1:')
                           and (purchase_price is null or monthly_price is null)))::int,
       count(*) filter (where state = 'received')::int,
       (select n from to_come),
       md5(coalesce(string_agg(id::text, ',' order by id) filter (where state = 'awaiting_approval'), ''))
  from orderd."order" where batch_id = $1::bigint and state in ('awaiting_approval', 'received')
