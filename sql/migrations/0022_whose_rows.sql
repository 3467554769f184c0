-- Programs take turns, a batch of table rows belongs to the program that made it, and however many people brought a batch, its list of
-- them stays short. Daemons of 0.12.0 before this may run on while they are replaced.

-- Rows that wait, by who inserted them.
create index order_row_waiting_of on intake.order_row (coalesce(inserted_by, ''), id) where state = 'received';

-- Whose a batch of table rows is: the login and the role it acted as. Null: everybody's, from before.
alter table orderd.batch
    add column inserted_by text,
    add column inserted_as text,
    add column brought_by_more int not null default 0; -- people beyond those in brought_by

comment on column intake.order_row.batch_name is 'Rows of one program with the same name are one batch (of another program: NAME.2); without a name they belong to the batch of the day. 同じプログラムの同じ名前の行は1つのバッチになります。';

-- Those people, as md5 of their name as names are compared: none of them may approve the batch.
create table orderd.batch_bringer (
    batch_id bigint not null,
    person   uuid not null,
    primary key (batch_id, person)
);

-- Who brought it, as far as they are named; sums that miss a price are null (0021).
create or replace view report.approval as
select a.batch_id, b.name as batch_name, a.at, a.decision, a.decided_by, a.channel, a.orders, a.purchase_price, a.monthly_price,
       a.first_year_price, a.why, array_to_string(b.brought_by, ', ') || case when b.brought_by_more > 0 then ', … (+' || b.brought_by_more || ')' else '' end as brought_by, a.unpriced
  from orderd.approval a left join orderd.batch b on b.id = a.batch_id;
comment on column report.approval.purchase_price is '初期費用の合計（円）。価格不明のオーダがあれば空。Initial fees, yen; empty where the price of an order was not known.';
comment on column report.approval.monthly_price is '月額費用の合計（円）。価格不明のオーダがあれば空。Monthly fees, yen; empty where the price of an order was not known.';
comment on column report.approval.first_year_price is '初年度費用（初期費用＋月額×12、円）。価格不明のオーダがあれば空。Initial fees and twelve monthly fees, yen; empty where the price of an order was not known.';
comment on column report.approval.unpriced is '価格不明だったオーダ数。Orders whose price was not known.';

create or replace view report.batch as
select b.id as batch_id, b.name as batch_name, b.source, b.received_at, b.rows_taken, b.rows_rejected, b.rows_duplicate,
       coalesce(sum(t.orders) filter (where t.state in ('received', 'awaiting_approval', 'ready', 'submitting', 'in_doubt', 'held')), 0)::bigint as waiting,
       coalesce(sum(t.orders) filter (where t.state = 'accepted'), 0)::bigint as in_progress,
       coalesce(sum(t.orders) filter (where t.state = 'completed'), 0)::bigint as completed,
       coalesce(sum(t.orders) filter (where t.state in ('failed', 'cancelled', 'partially_failed', 'refused', 'withdrawn')), 0)::bigint as ended_otherwise,
       case when u.orders = 0 then coalesce(sum(t.purchase_price) filter (where t.state <> 'rejected'), 0)::bigint end as purchase_price,
       case when u.orders = 0 then coalesce(sum(t.monthly_price) filter (where t.state <> 'rejected'), 0)::bigint end as monthly_price,
       b.paused_at,
       case when u.orders = 0 then coalesce(sum(t.purchase_price + 12 * t.monthly_price) filter (where t.state <> 'rejected'), 0)::bigint end as first_year_price,
       coalesce(sum(t.orders) filter (where t.state = 'awaiting_approval'), 0)::bigint as awaiting_approval,
       array_to_string(b.brought_by, ', ') || case when b.brought_by_more > 0 then ', … (+' || b.brought_by_more || ')' else '' end as brought_by,
       u.orders as unpriced
  from orderd.batch b
  left join orderd.tally_now t on t.batch_id = b.id
 cross join lateral (select count(*) as orders from orderd."order" o
                      where o.batch_id = b.id and (o.purchase_price is null or o.monthly_price is null) and o.state <> 'rejected'
                        and (o.order_type = 1 or (o.order_type = 2 and o.product_codes ~ '(^|[|])1:'))) u
 group by b.id, u.orders;
comment on column report.batch.purchase_price is '初期費用の合計（円）。価格不明のオーダがあれば空。Initial fees, yen; empty where the price of an order is not known.';
comment on column report.batch.monthly_price is '月額費用の合計（円）。価格不明のオーダがあれば空。Monthly fees, yen; empty where the price of an order is not known.';
comment on column report.batch.first_year_price is '初年度費用（初期費用＋月額×12、円）。価格不明のオーダがあれば空。Initial fees and twelve monthly fees, yen; empty where the price of an order is not known.';
comment on column report.batch.unpriced is '価格不明のオーダ数。Orders whose price is not known.';

do $$
begin
    if exists (select from pg_roles where rolname = 'orderd_app') then
        grant select, insert, update, delete on orderd.batch_bringer to orderd_app;
    end if;
end $$;
