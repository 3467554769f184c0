-- Orders in progress of which the provider does not tell what became of them, by cause: nearly always none.
create index order_not_followed on orderd."order" (batch_id, error_code) where state = 'accepted' and error_code is not null;
