-- A few years of a user of some size: 400 batches of 150 orders; the last ones are under way.
insert into orderd.batch (name, source, directory, file_name, content_hash, rows_taken, received_at, reported_at)
select 'b' || n, 'csv', '/var/spool', 'b' || n || '.csv', md5(n::text), 150, now() - (400 - n) * interval '1 day', case when n < 390 then 'infinity'::timestamptz end
  from generate_series(1, 400) n;
alter table orderd."order" disable trigger user;
insert into orderd."order" (batch_id, source_row, request_key, content_hash, state, revision, not_before, order_type, natural_key, attempts, customer_code,
       customer_site_name, case_name, line_id, product_codes, order_code, provider_status, customer_site_code, error_code, details, purchase_price, monthly_price,
       received_at, submitted_at, first_submitted_at, accepted_at, finished_at)
select n / 150 + 1, n % 150 + 1, 'key-' || n, md5(n::text), state, 3, t, 1, 'start:CAF' || 7000000000 + n, 1, 'A10000105',
       '店舗' || n, '案件' || n / 150, 'CAF' || 7000000000 + n, '1-1-1-1-2', case when state in ('completed', 'failed', 'accepted') then 'Z' || n end, '2',
       case when state = 'completed' then 'S' || n end, case when state in ('failed', 'refused', 'held') then '4000101' end,
       case when state = 'completed' then null else '[]' end, 3000, 4000, t, t, t, t, case when state in ('completed', 'failed', 'refused') then t + interval '3 days' end
  from generate_series(0, 59999) n, lateral (select now() - (60000 - n) * interval '9 minutes') as old (t),
       lateral (select case when n % 100 = 0 then 'rejected' when n < 58500 then (array['completed', 'failed', 'refused'])[case n % 50 when 1 then 2 when 2 then 3 else 1 end]
                            else (array['accepted', 'accepted', 'accepted', 'ready', 'ready', 'in_doubt', 'held', 'submitting', 'received', 'awaiting_approval'])[n % 10 + 1] end) as s (state);
alter table orderd."order" enable trigger user;
insert into orderd.tally (batch_id, state, orders, purchase_price, monthly_price)
select batch_id, state, count(*), sum(purchase_price), sum(monthly_price) from orderd."order" group by 1, 2;
insert into orderd.batch_progress (batch_id, at, state, orders, came)
select batch_id, date_trunc('hour', received_at) + h * interval '1 hour', state, 1, 1 from (select distinct on (batch_id, state) * from orderd."order") o, generate_series(1, 40) h;
insert into orderd.order_event (order_id, at, from_state, to_state, event, order_code, request_id, instance_id, revision)
select id, o.received_at, f, t, e, case when e = 'accepted_by_provider' then o.order_code end, case when e = 'accepted_by_provider' then md5(id::text) end, 1, r
  from orderd."order" o, (values ('ready', 'submitting', 'claimed', 0), ('submitting', 'accepted', 'accepted_by_provider', 1), ('accepted', 'completed', 'provider_completed', 2)) x (f, t, e, r)
 where o.state <> 'rejected';
insert into orderd.row_cells select id, array['1', 'x'] from orderd."order" where state = 'rejected';
insert into orderd.duplicate_row select id / 150 + 1, 1000 + id, 'key-' || id, id from orderd."order" where id % 10 = 0 and id < 60000;
insert into intake.order_row (batch_name, request_key, order_type, state, order_id)
select 'b1', 'key-' || id, '1', case when id % 1000 = 0 then 'received' else 'taken' end, id from orderd."order" where id < 30000;
alter table orderd.site disable trigger user;
insert into orderd.site (code, name, case_name, status, line_id, start_at, end_at, detail, detail_read_at)
select 'S' || n, '店舗' || n, '案件', case when n % 20 = 0 then '2' else '1' end, 'CAF' || 7000000000 + n, '2024-01-01', '', '{"a":1}', now() - n * interval '1 second' from generate_series(1, 60000) n;
alter table orderd.site enable trigger user;
insert into orderd.site_credential (code, name, sealed, key_id) select 'S' || n, k, '\x00', 'k1' from generate_series(1, 20000) n, (values ('user'), ('password')) v (k);
insert into orderd.contract (customer_site_code, product_code, start_on, order_id) select 'S' || n, '1-1-1-1-2', '2024-01-01', n from generate_series(1, 60000) n;
insert into orderd.product (code, name, customer_product_id, type) select '1-1-1-1-' || n, 'p', 'x', 1 from generate_series(1, 40) n;
insert into orderd.instance (name, stopped_at) select 'host', case when n < 500 then now() end from generate_series(1, 500) n;
insert into orderd.site_refresh (code) select 'S' || n from generate_series(1, 20000) n;
