-- What the daemon keeps: batches, orders, their events, and what it read from the provider.
create schema orderd;

create table orderd.setting (
    name  text primary key,
    value text not null
);
-- Keys the hashes of row contents, so that a secret in a row cannot be guessed from its hash.
insert into orderd.setting values ('content_key', md5(random()::text || clock_timestamp()::text) || replace(gen_random_uuid()::text, '-', ''));

create table orderd.instance (
    id           bigint generated always as identity primary key,
    name         text not null,
    started_at   timestamptz not null default now(),
    heartbeat_at timestamptz not null default now(),
    stopped_at   timestamptz,          -- it said good-bye
    lost_at      timestamptz           -- its lease ran out and its orders were taken over
);
create index instance_live on orderd.instance (heartbeat_at) where stopped_at is null and lost_at is null;

-- Who does what only one instance should do, and until when.
create table orderd.duty (
    name        text primary key,
    instance_id bigint not null,
    until       timestamptz not null
);

create table orderd.batch (
    id             bigint generated always as identity primary key,
    name           text not null unique,
    source         text not null check (source in ('csv', 'table')),
    take_id        text unique,        -- one taking of one file: a taking that is repeated after a crash finds its batch
    file_name      text,
    directory      text,               -- the drop directory whose results/ gets the answers
    content_hash   text,
    encoding       text,
    separator      text,
    japanese       boolean not null default false, -- the header is in Japanese, and so are the answers
    header         text[],
    notes          jsonb not null default '[]',
    rows_taken     int not null default 0,
    rows_rejected  int not null default 0,
    rows_duplicate int not null default 0,
    received_at    timestamptz not null default now(),
    reported_at    timestamptz         -- until when its result file tells the story; null: never written
);

create table orderd."order" (
    id                 bigint generated always as identity primary key,
    batch_id           bigint not null references orderd.batch,
    source_row         bigint not null,
    request_key        text not null,
    content_hash       text not null,
    state              text not null check (state in ('received', 'rejected', 'awaiting_approval', 'ready', 'submitting',
                         'in_doubt', 'accepted', 'completed', 'failed', 'cancelled', 'partially_failed', 'refused', 'held', 'withdrawn')),
    revision           int not null default 0,   -- grows with every transition: who knows an older one may change nothing
    owner              bigint,                   -- the instance that claimed it
    not_before         timestamptz not null,     -- nothing is done with it earlier
    order_type         smallint,
    natural_key        text,
    attempts           int not null default 0,
    doubts             int not null default 0,   -- how often it was in doubt
    searches           int not null default 0,   -- searches without a candidate in this doubt
    customer_code      text,
    customer_site_name text,
    case_name          text,
    line_id            text,
    product_codes      text,
    customer_site_code text,
    hope_to_open_at    text,
    body               text,                     -- of POST /orders; holds the line access key
    fields             jsonb,                    -- the row in normal form, while it waits to be judged
    findings           jsonb not null default '[]',
    order_code         text,
    provider_status    text,
    error_code         text,
    error_message      text,
    application_date   text,
    hope_to_start_at   text,
    hope_to_end_at     text,
    global_ip          text,
    purchase_price     bigint,
    monthly_price      bigint,
    shortest_period    int,
    received_at        timestamptz not null default now(),
    first_submitted_at timestamptz,               -- of the attempts since a person last said "retry"
    submitted_at       timestamptz,
    accepted_at        timestamptz,
    finished_at        timestamptz,
    updated_at         timestamptz not null default now()
);
alter table orderd."order" set (fillfactor = 80);

-- A key is taken by a row that was not rejected.
create unique index order_request_key on orderd."order" (request_key) where state <> 'rejected';
-- One line or site, one live start or cancel order.
create unique index order_live_natural_key on orderd."order" (natural_key)
    where natural_key !~ '^change:' and state in ('received', 'awaiting_approval', 'ready', 'submitting', 'in_doubt', 'accepted', 'held');
create unique index order_code on orderd."order" (order_code) where order_code is not null;
create index order_ready on orderd."order" (not_before, id) where state = 'ready';
create index order_in_doubt on orderd."order" (not_before, id) where state = 'in_doubt';
create index order_submitting on orderd."order" (owner) where state = 'submitting';
create index order_accepted on orderd."order" (id) where state = 'accepted';
create index order_received on orderd."order" (id) where state = 'received';
create index order_batch on orderd."order" (batch_id, source_row);

-- The cells as they came, for rows that go back to their author, and for rows that wait to be judged.
create table orderd.row_cells (
    order_id bigint primary key references orderd."order" on delete cascade,
    cells    text[] not null
);

-- Rows that were handed in again and created nothing.
create table orderd.duplicate_row (
    batch_id    bigint not null references orderd.batch,
    source_row  bigint not null,
    request_key text not null,
    order_id    bigint references orderd."order" on delete set null,
    primary key (batch_id, source_row)
);

create table orderd.order_event (
    id          bigint generated always as identity primary key,
    order_id    bigint not null,
    at          timestamptz not null default now(),
    from_state  text,
    to_state    text not null,
    event       text not null,
    why         text,
    attempt     int,
    http_status int,
    errors      jsonb,
    order_code  text,
    request_id  text,
    raw         text,
    instance_id bigint,
    operator    text
);
create index order_event_order on orderd.order_event (order_id, id);
create index order_event_order_code on orderd.order_event (order_code) where order_code is not null;

create function orderd.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'events are never updated';
end $$;
create trigger order_event_is_final before update on orderd.order_event
    for each statement execute function orderd.refuse_change();

create table orderd.product (
    code                text primary key,
    name                text not null,
    customer_product_id text,
    type                int not null,
    service text, course text, plan text, ipaddress text, cpe text, line text,
    purchase_price      bigint,
    monthly_price       bigint,
    shortest_period     int,
    dependencies        text[] not null default '{}',
    read_at             timestamptz not null default now()
);

create table orderd.site (
    code       text primary key,
    name       text,
    case_name  text,
    status     text,
    line_id    text,
    global_ip  text,
    start_at   text,
    end_at     text,
    detail     jsonb not null,           -- everything the provider tells but the secrets
    read_at    timestamptz not null default now()
);
create table orderd.site_credential (
    code    text not null references orderd.site on delete cascade,
    name    text not null,
    value   text not null,
    read_at timestamptz not null default now(),
    primary key (code, name)
);
-- Sites whose detail is to be read.
create table orderd.site_refresh (
    code   text primary key,
    due_at timestamptz not null default now(),
    tries  int not null default 0
);
