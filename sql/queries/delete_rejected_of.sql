-- Deletes those of the orders $1 that were rejected, with their cells and events. Primary key.
with gone as (
    delete from orderd."order" where id = any($1::bigint[]) and state = 'rejected' returning id
), events as (
    delete from orderd.order_event e using gone where e.order_id = gone.id and e.through_order_id is null
)
select id from gone
