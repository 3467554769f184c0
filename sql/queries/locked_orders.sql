-- Which of the orders $1 somebody has locked at this moment. Primary key.
with free as materialized (
    select id from orderd."order" where id = any($1::bigint[]) for update skip locked
)
select id from orderd."order" where id = any($1::bigint[]) and id not in (select id from free)
