-- Deletes those of the orders $1 that were rejected, with their cells, their events, and the rows of intake.order_row that they were
-- made of. Gives how many orders and how many such rows. Primary keys.
with gone as (
    delete from orderd."order" where id = any($1::bigint[]) and state = 'rejected' returning id, source_row
), events as (
    delete from orderd.order_event e using gone where e.order_id = gone.id and e.through_order_id is null
), rows as (
    delete from intake.order_row r using gone where r.id = gone.source_row and r.order_id = gone.id returning r.id
)
select (select count(*) from gone), (select count(*) from rows)
