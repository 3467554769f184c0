-- Decision $2 about batch $1 by $3 (channel $4, why $5): moves everything of it that waits to state $6 with event $7, and keeps the
-- decision with the figures of what it moved. Nothing moves unless the whole batch has been judged and what waits is $8 orders with
-- a first-year cost of $9 yen and the fingerprint $11 (null: not compared); with $10, unless every price is known and the whole batch, with what went before,
-- costs no more than that. Looking, comparing and moving are this one statement: what appears after its snapshot is neither counted
-- nor moved, and the rows that were compared are locked. Gives what waits, what is still to come, and whether it was decided.
-- Indexes order_batch and order_row_waiting.
with batch as (
    -- Rows of a program join the batch of their name; where a file or another program has that name, the one with a number behind it.
    select name, inserted_by, inserted_as,
           (select f.name from orderd.batch f
             where f.name = regexp_replace(b.name, '[.][0-9]+$', '')
               and (f.source <> 'table' or (f.inserted_by, f.inserted_as) is distinct from (b.inserted_by, b.inserted_as))) as name_of_other
      from orderd.batch b where id = $1::bigint and source = 'table'
), missing as materialized (
    select (select count(*) from orderd."order" where batch_id = $1::bigint and state = 'received')::int as received,
           (select count(*)
              from batch b join intake.order_row r on r.state = 'received'
               and coalesce(nullif(r.batch_name, ''), 'table ' || (r.inserted_at at time zone 'Asia/Tokyo')::date) in (b.name, b.name_of_other)
               and (b.inserted_by is null or (b.inserted_by, b.inserted_as) = (r.inserted_by, coalesce(r.inserted_as, r.inserted_by))))::int as to_come
), waiting as materialized (
    select id, order_type, product_codes, purchase_price, monthly_price
      from orderd."order"
     where batch_id = $1::bigint and state = 'awaiting_approval' and (select received + to_come from missing) = 0
       for update
), seen as materialized (
    select count(*)::int as orders, coalesce(sum(purchase_price), 0)::bigint as purchase_price,
           coalesce(sum(monthly_price), 0)::bigint as monthly_price,
           coalesce(sum(purchase_price), 0)::bigint + 12 * coalesce(sum(monthly_price), 0)::bigint as first_year,
           (count(*) filter (where (order_type = 1 or product_codes ~ '(^|[|])1:')
                               and (purchase_price is null or monthly_price is null)))::int as unpriced,
           md5(coalesce(string_agg(id::text, ',' order by id), '')) as fingerprint
      from waiting
), before as materialized (
    select coalesce(sum(coalesce(purchase_price, 0) + 12 * coalesce(monthly_price, 0)), 0)::bigint as first_year
      from orderd."order"
     where $10::bigint is not null and batch_id = $1::bigint and state not in ('rejected', 'withdrawn', 'awaiting_approval')
), agreed as materialized (
    select s.orders > 0 and s.orders = coalesce($8::bigint, s.orders) and s.first_year = coalesce($9::bigint, s.first_year)
           and s.fingerprint = coalesce($11::text, s.fingerprint)
           and ($10::bigint is null or (s.unpriced = 0 and s.first_year + b.first_year <= $10::bigint)) as yes
      from seen s, before b
), moved as (
    update orderd."order" o
       set state = $6, revision = revision + 1, updated_at = now(), finished_at = case when $6 = 'withdrawn' then now() end
      from waiting w
     where o.id = w.id and o.batch_id = $1::bigint and (select yes from agreed)
    returning o.id, o.revision, o.purchase_price, o.monthly_price, o.state = $6 as changed
), logged as (
    insert into orderd.order_event (order_id, from_state, to_state, event, why, operator, revision)
    select id, 'awaiting_approval', $6, $7, nullif($5, ''), $3, revision - 1 from moved where changed
), kept as (
    insert into orderd.approval (batch_id, decision, decided_by, channel, orders, purchase_price, monthly_price, first_year_price, unpriced, why)
    select $1::bigint, $2, $3, $4, count(*), case when s.unpriced = 0 then coalesce(sum(m.purchase_price), 0) end,
           case when s.unpriced = 0 then coalesce(sum(m.monthly_price), 0) end,
           case when s.unpriced = 0 then coalesce(sum(m.purchase_price), 0) + 12 * coalesce(sum(m.monthly_price), 0) end, s.unpriced,
           case when $10::bigint is null then nullif($5, '')
                else 'the batch costs ' || (select s.first_year + b.first_year from seen s, before b)
                     || ' yen in the first year, not more than ' || $10::bigint end
      from moved m cross join seen s
     where m.changed
     group by s.unpriced
    having count(*) > 0
    returning orders
)
select s.orders, s.purchase_price, s.monthly_price, s.unpriced, m.received, m.to_come, s.fingerprint, exists (select from kept)
  from seen s, missing m
