-- A rejected row is found by its request_key, as orders are. Every row has a key; the second condition keeps the index to questions
-- that ask for one, so that nobody reads the rejected rows of a batch with it. Small: database.keep_rejected deletes old ones.
create index order_rejected_key on orderd."order" (request_key text_pattern_ops) where state = 'rejected' and request_key <> '';
