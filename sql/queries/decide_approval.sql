-- Writes decision $2 about batch $1 by $3 (channel $4, why $5) and moves everything of it that waits to state $6 with event $7. The
-- batch is locked; what waits is counted in the same statement. Index order_batch.
with moved as (
    update orderd."order" o
       set state = $6, revision = revision + 1, updated_at = now(), finished_at = case when $6 = 'withdrawn' then now() end
     where o.batch_id = $1 and o.state = 'awaiting_approval'
    returning o.id, o.revision, o.purchase_price, o.monthly_price
), logged as (
    insert into orderd.order_event (order_id, from_state, to_state, event, why, operator, revision)
    select id, 'awaiting_approval', $6, $7, nullif($5, ''), $3, revision - 1 from moved
)
insert into orderd.approval (batch_id, decision, decided_by, channel, orders, purchase_price, monthly_price, first_year_price, why)
select $1, $2, $3, $4, count(*), coalesce(sum(purchase_price), 0), coalesce(sum(monthly_price), 0),
       coalesce(sum(purchase_price), 0) + 12 * coalesce(sum(monthly_price), 0), nullif($5, '')
  from moved
returning orders
