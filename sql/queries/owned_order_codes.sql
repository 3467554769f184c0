-- Which of these order codes belong to an order here, or did before it was retried. Indexes order_code, order_event_order_code;
-- as many rows as codes.
select order_code from orderd."order" where order_code = any($1::text[])
union
select order_code from orderd.order_event where order_code = any($1::text[])
