-- Which of these order codes belong to an order here already. Index order_code; as many rows as codes.
select order_code from orderd."order" where order_code = any($1::text[])
