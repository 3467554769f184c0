-- The orders that the word $1 names: by request_key (the live one, else the newest rejected row), by order code, by a requestId of
-- the provider, or, where it is digits, by number. Nearly always one. Indexes order_request_key, order_rejected_key, order_code, primary key.
with by_key as (
    select id from orderd."order" where request_key = $1::text and state <> 'rejected'
), rejected as (
    select max(id) as id from orderd."order" where request_key = $1::text and request_key <> '' and state = 'rejected' and not exists (select from by_key)
)
select id from by_key
union
select id from rejected where id is not null
union
select id from orderd."order" where order_code = $1::text
union
select id from orderd."order" where id = case when $1::text ~ '^[0-9]{1,18}$' then $1::text::bigint end
union
select max(order_id) from orderd.order_event where request_id = $1::text having max(order_id) is not null
order by id
