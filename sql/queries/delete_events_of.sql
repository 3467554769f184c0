-- Deletes the events of the orders $1 that ended. Events that name an order code are kept: an order code that was ours once is
-- never taken for a new one; so are lines that are about several orders. Primary key; some four rows an order.
delete from orderd.order_event where order_id = any($1::bigint[]) and order_code is null and through_order_id is null returning order_id
