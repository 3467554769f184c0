-- Deletes the events of the orders $1 that ended. Events that name an order code are kept: an order code that was ours once is
-- never taken for a new one. Primary key; some four rows an order.
delete from orderd.order_event where order_id = any($1::bigint[]) and order_code is null returning order_id
