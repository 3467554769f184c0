-- Where the rows of one batch stand, within one transaction, before it is known which of them are new.
create temporary table incoming (
    source_row bigint, request_key text, content_hash text, state text, order_type smallint, natural_key text, not_before timestamptz,
    customer_code text, customer_site_name text, case_name text, line_id text, product_codes text, customer_site_code text,
    hope_to_open_at text, hope_to_end_at text, body text, fields jsonb, findings jsonb, cells text[],
    purchase_price bigint, monthly_price bigint, shortest_period int,
    duplicate_of bigint, duplicate boolean not null default false
) on commit drop
