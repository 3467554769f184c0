-- What all instances together may do, and when none of them may send.

-- How many requests an instance may have on the wire; the sum over live instances never exceeds the configured number.
alter table orderd.instance add column places int not null default 0, add column place_cap int not null default 0;

-- When the next request to the provider may go out, whoever sends it.
create table orderd.request_rate (
    single  boolean primary key default true check (single),
    next_at timestamptz not null default '-infinity'
);
insert into orderd.request_rate default values;

-- Whether orders are sent at all. One line for all instances.
create table orderd.circuit (
    single        boolean primary key default true check (single),
    state         text not null default 'closed' check (state in ('closed', 'open', 'halted')),
    why           text,
    changed_at    timestamptz not null default now(),
    failed_probes int not null default 0,
    probe_at      timestamptz,      -- open or halted: when somebody may look whether the provider is well again
    prober        bigint,           -- the instance that looks, until probe_until
    probe_until   timestamptz,
    paused_until  timestamptz not null default '-infinity'  -- the provider asked to wait
);
insert into orderd.circuit default values;

-- Which revision of its order an event changed: a repeated statement recognises its own event.
alter table orderd.order_event add column revision int;

do $$
begin
    if exists (select from pg_roles where rolname = 'orderd_app') then
        grant select, insert, update, delete on orderd.request_rate, orderd.circuit to orderd_app;
    end if;
end $$;
