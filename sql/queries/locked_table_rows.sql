-- Of the thousand rows of intake.order_row that wait longest, those that somebody has locked at this moment. Index order_row_waiting and
-- the primary key.
with waiting as materialized (
    select id from intake.order_row where state = 'received' order by id limit 1000
), free as materialized (
    select id from intake.order_row where id = any (array(select id from waiting)) for update skip locked
)
select id from waiting where id <> all (array(select id from free)) order by id
