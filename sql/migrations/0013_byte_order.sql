-- Keys and codes are only ever looked up whole, never sorted as words. Their indexes compare bytes from now on instead of asking
-- the rules of the database's language at each step; equality means the same, and older daemons' statements use them as before.
-- Building them takes a minute or two for ten million orders, during which nothing else reads or changes orders.
lock table orderd."order", orderd.order_event in access exclusive mode;

drop index orderd.order_request_key;
create unique index order_request_key on orderd."order" (request_key text_pattern_ops) where state <> 'rejected';
drop index orderd.order_live_natural_key;
create unique index order_live_natural_key on orderd."order" (natural_key text_pattern_ops)
    where order_type <> 2 and state in ('received', 'awaiting_approval', 'ready', 'submitting', 'in_doubt', 'accepted', 'held');
drop index orderd.order_natural_key_ended;
create index order_natural_key_ended on orderd."order" (natural_key text_pattern_ops)
    where order_type = 2 or state in ('completed', 'failed', 'cancelled', 'partially_failed', 'refused', 'withdrawn');
drop index orderd.order_code;
create unique index order_code on orderd."order" (order_code text_pattern_ops) where order_code is not null;
drop index orderd.order_site;
create index order_site on orderd."order" (customer_site_code text_pattern_ops)
    where order_type = 1 and customer_site_code is not null;

drop index orderd.order_event_order_code;
create index order_event_order_code on orderd.order_event (order_code text_pattern_ops) where order_code is not null;
drop index orderd.order_event_request;
create index order_event_request on orderd.order_event (request_id text_pattern_ops) where request_id is not null;
