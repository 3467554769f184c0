-- Folds what changed into the tally and the progress of the batches, and gives the number of lines folded. One instance does
-- it at a time (duty "housekeeping"). As many rows as came since the last time.
with taken as (
    delete from orderd.tally_change returning at, batch_id, state, orders, purchase_price, monthly_price
), summed as (
    insert into orderd.tally (batch_id, state, orders, purchase_price, monthly_price)
    select batch_id, state, sum(orders), sum(purchase_price), sum(monthly_price) from taken group by batch_id, state
    on conflict (batch_id, state) do update set orders = orderd.tally.orders + excluded.orders,
        purchase_price = orderd.tally.purchase_price + excluded.purchase_price,
        monthly_price = orderd.tally.monthly_price + excluded.monthly_price
), progressed as (
    insert into orderd.batch_progress (batch_id, at, state, orders, came)
    select batch_id, date_trunc('minute', at), state, sum(orders), sum(greatest(orders, 0)) from taken group by 1, 2, 3
    on conflict (batch_id, at, state) do update set orders = orderd.batch_progress.orders + excluded.orders,
        came = orderd.batch_progress.came + excluded.came
), changed as (
    -- Now, and not when it happened: an answer file that was written in between does not tell it.
    update orderd.batch b set changed_at = now() where b.id in (select batch_id from taken)
)
select count(*) from taken
