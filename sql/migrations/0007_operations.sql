-- What people look at all day must not be counted anew at every look: a tally by batch and state is kept up by triggers.
-- They only ever add lines to orderd.tally_change, so that nobody waits for a counter that somebody else holds; one daemon
-- folds these into the tally every few seconds. Everything here is understood by daemons of 0.3.0 as well.

create table orderd.tally (
    batch_id       bigint not null,
    state          text not null,
    orders         bigint not null,
    purchase_price bigint not null,
    monthly_price  bigint not null,
    primary key (batch_id, state)
) with (fillfactor = 70);

create table orderd.tally_change (
    at             timestamptz not null default now(),
    batch_id       bigint not null,
    state          text not null,
    orders         bigint not null,
    purchase_price bigint not null,
    monthly_price  bigint not null
);

-- How a batch got on: by minute, later by hour. `orders` came into the state less those that left it; `came` those that came.
create table orderd.batch_progress (
    batch_id bigint not null,
    at       timestamptz not null,
    state    text not null,
    orders   bigint not null,
    came     bigint not null,
    primary key (batch_id, at, state)
);
create index batch_progress_at on orderd.batch_progress (at);

create view orderd.tally_now as
select batch_id, state, sum(orders)::bigint as orders, sum(purchase_price)::bigint as purchase_price,
       sum(monthly_price)::bigint as monthly_price
  from (select batch_id, state, orders, purchase_price, monthly_price from orderd.tally
         union all
        select batch_id, state, orders, purchase_price, monthly_price from orderd.tally_change) t
 group by batch_id, state
having sum(orders) <> 0;

create function orderd.tally_inserted() returns trigger language plpgsql as $$
begin
    insert into orderd.tally_change (batch_id, state, orders, purchase_price, monthly_price)
    select batch_id, state, count(*), coalesce(sum(purchase_price), 0), coalesce(sum(monthly_price), 0)
      from new_rows group by batch_id, state;
    return null;
end $$;
create function orderd.tally_deleted() returns trigger language plpgsql as $$
begin
    insert into orderd.tally_change (batch_id, state, orders, purchase_price, monthly_price)
    select batch_id, state, -count(*), -coalesce(sum(purchase_price), 0), -coalesce(sum(monthly_price), 0)
      from old_rows group by batch_id, state;
    return null;
end $$;
create function orderd.tally_updated() returns trigger language plpgsql as $$
begin
    insert into orderd.tally_change (batch_id, state, orders, purchase_price, monthly_price)
    select batch_id, state, sum(n), sum(purchase_price), sum(monthly_price)
      from (select batch_id, state, 1 as n, coalesce(purchase_price, 0) as purchase_price, coalesce(monthly_price, 0) as monthly_price from new_rows
             union all
            select batch_id, state, -1, -coalesce(purchase_price, 0), -coalesce(monthly_price, 0) from old_rows) c
     group by batch_id, state
    having sum(n) <> 0 or sum(purchase_price) <> 0 or sum(monthly_price) <> 0;
    return null;
end $$;

-- What is there already. The lock keeps others from moving orders between the count and the triggers.
lock table orderd."order" in share row exclusive mode;
insert into orderd.tally (batch_id, state, orders, purchase_price, monthly_price)
select batch_id, state, count(*), coalesce(sum(purchase_price), 0), coalesce(sum(monthly_price), 0)
  from orderd."order" group by batch_id, state;
insert into orderd.batch_progress (batch_id, at, state, orders, came)
select batch_id, date_trunc('hour', coalesce(finished_at, accepted_at, received_at)), state, count(*), count(*)
  from orderd."order" group by 1, 2, 3;
create trigger tally_inserted after insert on orderd."order" referencing new table as new_rows
    for each statement execute function orderd.tally_inserted();
create trigger tally_updated after update on orderd."order" referencing new table as new_rows old table as old_rows
    for each statement execute function orderd.tally_updated();
create trigger tally_deleted after delete on orderd."order" referencing old table as old_rows
    for each statement execute function orderd.tally_deleted();

-- Since when a batch is paused, and by whom; none of its orders is sent then.
alter table orderd.batch add column paused_at timestamptz, add column paused_by text;
create index batch_paused on orderd.batch (id) where paused_at is not null;
-- When something last happened to one of its orders, as far as the tally has been folded.
alter table orderd.batch add column changed_at timestamptz not null default now();

create index batch_open on orderd.batch (directory) where reported_at is null or reported_at < 'infinity';

-- What people look for: by what went wrong, by site, by line, by day.
create index order_trouble on orderd."order" (batch_id, error_code)
    where state in ('refused', 'failed', 'partially_failed', 'cancelled', 'held');
create index order_site on orderd."order" (customer_site_code) where order_type = 1 and customer_site_code is not null;
create index order_natural_key_ended on orderd."order" (natural_key)
    where order_type = 2 or state in ('completed', 'failed', 'cancelled', 'partially_failed', 'refused', 'withdrawn');
create index order_finished on orderd."order" (finished_at) where finished_at is not null;
create index batch_received on orderd.batch (received_at);
-- The provider's requestId leads to the order.
create index order_event_request on orderd.order_event (request_id) where request_id is not null;

create or replace view report.batch as
select b.id as batch_id, b.name as batch_name, b.source, b.received_at, b.rows_taken, b.rows_rejected, b.rows_duplicate,
       coalesce(sum(t.orders) filter (where t.state in ('received', 'awaiting_approval', 'ready', 'submitting', 'in_doubt', 'held')), 0)::bigint as waiting,
       coalesce(sum(t.orders) filter (where t.state = 'accepted'), 0)::bigint as in_progress,
       coalesce(sum(t.orders) filter (where t.state = 'completed'), 0)::bigint as completed,
       coalesce(sum(t.orders) filter (where t.state in ('failed', 'cancelled', 'partially_failed', 'refused', 'withdrawn')), 0)::bigint as ended_otherwise,
       coalesce(sum(t.purchase_price) filter (where t.state <> 'rejected'), 0)::bigint as purchase_price,
       coalesce(sum(t.monthly_price) filter (where t.state <> 'rejected'), 0)::bigint as monthly_price,
       b.paused_at
  from orderd.batch b left join orderd.tally_now t on t.batch_id = b.id
 group by b.id;
comment on column report.batch.paused_at is '一時停止の日時。Since when the batch is paused.';

-- Tables whose rows change all the time are cleaned up early: after thousands of dead rows, not after a fifth of the table.
alter table orderd."order" set (autovacuum_vacuum_scale_factor = 0.005, autovacuum_vacuum_threshold = 10000,
    autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
alter table orderd.order_event set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
alter table orderd.tally_change set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_insert_threshold = -1);
alter table orderd.tally set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
alter table orderd.request_rate set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, fillfactor = 10);
alter table orderd.instance set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, fillfactor = 50);
alter table orderd.duty set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, fillfactor = 50);
alter table intake.order_row set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);

do $$
begin
    if exists (select from pg_roles where rolname = 'orderd_app') then
        grant select, insert, update, delete on orderd.tally, orderd.tally_change, orderd.batch_progress, orderd.tally_now to orderd_app;
    end if;
    if exists (select from pg_roles where rolname = 'orderd_report') then
        grant select on report.batch to orderd_report;
    end if;
end $$;
