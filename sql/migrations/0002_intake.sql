-- Where other systems hand over rows: INSERT here, and look at what became of them.
create schema intake;

create table intake.order_row (
    id          bigint generated always as identity primary key,
    batch_name  text,
    request_key text, order_type text, customer_code text,
    customer_site_name text, case_name text, line_id text, line_access_key text, hope_to_open_at text, product_codes text,
    installation_zip_code text, installation_prefectures text, installation_address text, installation_company_name text,
    installation_department_name text, installation_client_name text, installation_tel text,
    terminal_zip_code text, terminal_prefectures text, terminal_address text, terminal_company_name text,
    terminal_department_name text, terminal_client_name text, terminal_tel text, terminal_hope_to_at text,
    lan_network_address text, lan_interface_address text,
    dhcp_how_to_use text, dhcp_start_address text, dhcp_end_address text, dhcp_dns1 text, dhcp_dns2 text,
    customer_site_code text, change_products text, hope_to_end_at text, overwrite_check_flag text,
    submit_after text,
    inserted_at timestamptz not null default now(),
    -- written by the daemon
    state       text not null default 'received' check (state in ('received', 'taken', 'rejected', 'duplicate')),
    findings    jsonb not null default '[]',
    order_id    bigint,
    taken_at    timestamptz
);
create index order_row_waiting on intake.order_row (id) where state = 'received';

comment on table intake.order_row is 'One row, one order request. Insert; the daemon is woken at once. 1行が1オーダです。INSERTするとデーモンがすぐに処理します。';
comment on column intake.order_row.batch_name is 'Rows with the same name are one batch; without a name they belong to the batch of the day. 同じ名前の行は1つのバッチになります。';
comment on column intake.order_row.request_key is 'Your own key, unique for ever; made from the content when absent. 管理番号（一意）。';
comment on column intake.order_row.line_access_key is 'Emptied once the row is taken in. 取込後に消去されます。';
comment on column intake.order_row.state is 'received: not yet looked at; taken: an order was made (order_id); rejected: see findings; duplicate: this row came before (order_id).';
comment on column intake.order_row.findings is 'What is wrong or worth knowing: rule, field, severity, message_ja, message_en.';

create function intake.tell_daemon() returns trigger language plpgsql as $$
begin
    perform pg_notify('orderd_intake', '');
    return null;
end $$;
create trigger order_row_inserted after insert on intake.order_row
    for each statement execute function intake.tell_daemon();

-- What became of each row, live.
create view intake.row_status as
select r.id, r.batch_name, r.request_key, r.state as row_state, r.findings, r.order_id, o.state as order_state, o.order_code,
       o.customer_site_code, o.error_code, o.error_message, r.inserted_at, o.updated_at
  from intake.order_row r left join orderd."order" o on o.id = r.order_id;
