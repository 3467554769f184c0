-- The books: what products cost and since when, what the provider has at each site and charges for it, and the views that
-- finance reads. Understood by daemons of 0.5.0, which write orderd.product and orderd.site as before.

-- A day as the provider and the files write it, YYYYMMDD with or without separators; of a month (YYYYMM) its last day. Null
-- for anything else.
create function orderd.day_of(written text) returns date language sql immutable parallel safe as $$
    select case
        when t ~ '^\d{4}(0[1-9]|1[0-2])$' then (first_of_month + interval '1 month' - interval '1 day')::date
        when t ~ '^\d{4}(0[1-9]|1[0-2])\d\d$' and substr(t, 7, 2)::int between 1 and extract(day from first_of_month + interval '1 month' - interval '1 day')
            then first_of_month + (substr(t, 7, 2)::int - 1)
    end
    from (select t, case when t ~ '^\d{4}(0[1-9]|1[0-2])(\d\d)?$' and t !~ '^0000' then make_date(substr(t, 1, 4)::int, substr(t, 5, 2)::int, 1) end as first_of_month
            from (select regexp_replace(written, '[-/.]', '', 'g') as t) cleaned) d
$$;
create function orderd.day_in_japan(at timestamptz) returns date language sql immutable parallel safe as $$
    select (at at time zone 'Asia/Tokyo')::date
$$;

-- The catalogue with its history: each line says what a product was from when to when. Lines end, and are never changed otherwise.
create table orderd.product_history (
    code            text not null,
    valid_from      timestamptz not null,
    valid_to        timestamptz,        -- null: valid now
    ended_by        text check (ended_by in ('price', 'other', 'vanished')),
    name            text not null,
    type            int not null,
    service text, course text, plan text, ipaddress text, cpe text, line text,
    purchase_price  bigint,
    monthly_price   bigint,
    shortest_period int,
    dependencies    text[] not null,
    primary key (code, valid_from)
);

create function orderd.keep_product_history() returns trigger language plpgsql as $$
declare
    why text;
begin
    if tg_op = 'UPDATE' then
        if (old.purchase_price, old.monthly_price, old.shortest_period) is distinct from (new.purchase_price, new.monthly_price, new.shortest_period) then
            why := 'price';
        elsif (old.name, old.type, old.service, old.course, old.plan, old.ipaddress, old.cpe, old.line, old.dependencies)
              is distinct from (new.name, new.type, new.service, new.course, new.plan, new.ipaddress, new.cpe, new.line, new.dependencies) then
            why := 'other';
        else
            return null;
        end if;
    elsif tg_op = 'DELETE' then
        why := 'vanished';
    end if;
    if tg_op <> 'INSERT' then
        update orderd.product_history set valid_to = now(), ended_by = why where code = old.code and valid_to is null;
    end if;
    if tg_op <> 'DELETE' then
        insert into orderd.product_history (code, valid_from, name, type, service, course, plan, ipaddress, cpe, line, purchase_price,
                                            monthly_price, shortest_period, dependencies)
        values (new.code, now(), new.name, new.type, new.service, new.course, new.plan, new.ipaddress, new.cpe, new.line, new.purchase_price,
                new.monthly_price, new.shortest_period, new.dependencies)
        -- Twice in one transaction: the later word is the one that was committed.
        on conflict (code, valid_from) do update set valid_to = null, ended_by = null, name = excluded.name, type = excluded.type,
            service = excluded.service, course = excluded.course, plan = excluded.plan, ipaddress = excluded.ipaddress, cpe = excluded.cpe,
            line = excluded.line, purchase_price = excluded.purchase_price, monthly_price = excluded.monthly_price,
            shortest_period = excluded.shortest_period, dependencies = excluded.dependencies;
    end if;
    return null;
end $$;
create trigger product_history after insert or update or delete on orderd.product
    for each row execute function orderd.keep_product_history();
insert into orderd.product_history (code, valid_from, name, type, service, course, plan, ipaddress, cpe, line, purchase_price, monthly_price,
                                    shortest_period, dependencies)
select code, '-infinity', name, type, service, course, plan, ipaddress, cpe, line, purchase_price, monthly_price, shortest_period, dependencies
  from orderd.product;

-- What product `wanted` was and cost at a moment; before the first line of its history, what that says. No line: never sold.
create function orderd.product_at(wanted text, at timestamptz)
    returns table (name text, type int, purchase_price bigint, monthly_price bigint, shortest_period int, valid_from timestamptz)
    language sql stable as $$
    select h.name, h.type, h.purchase_price, h.monthly_price, h.shortest_period, h.valid_from
      from orderd.product_history h
     where h.code = wanted
     order by h.valid_from <= at desc, case when h.valid_from <= at then h.valid_from end desc, h.valid_from
     limit 1
$$;

-- Sites with their history: a line for every state in which the provider told a site before.
alter table orderd.site
    add column since timestamptz not null default now(),  -- it has been told like this since
    add column detail_read_at timestamptz,                -- when all of it was last told, not only its line in the list
    add column prefecture text generated always as (nullif(detail #>> '{customerSiteInstallationLocation,prefectures}', '')) stored;
create index site_in_use_line on orderd.site (line_id) where status = '1';
create table orderd.site_history (
    code       text not null,
    valid_from timestamptz not null,
    valid_to   timestamptz not null,
    name text, case_name text, status text, line_id text, global_ip text, start_at text, end_at text,
    detail     jsonb not null,
    primary key (code, valid_from)
);
create function orderd.keep_site_history() returns trigger language plpgsql as $$
begin
    -- A site of which only the list told has nothing to keep yet; its detail is about to come.
    if old.detail = '{}' then
        return new;
    end if;
    insert into orderd.site_history (code, valid_from, valid_to, name, case_name, status, line_id, global_ip, start_at, end_at, detail)
    values (old.code, old.since, now(), old.name, old.case_name, old.status, old.line_id, old.global_ip, old.start_at, old.end_at, old.detail)
    on conflict (code, valid_from) do nothing;
    new.since := now();
    return new;
end $$;
create trigger site_history before update on orderd.site for each row
    when ((old.name, old.case_name, old.status, old.line_id, old.global_ip, old.start_at, old.end_at, old.detail)
          is distinct from (new.name, new.case_name, new.status, new.line_id, new.global_ip, new.start_at, new.end_at, new.detail))
    execute function orderd.keep_site_history();

-- What the provider has at a site and charges for: a ledger of the contracts in site details. One that is no longer told
-- stays here, with its end. Prices are those of the day when the provider accepted the order that brought it.
create table orderd.contract (
    customer_site_code text not null,
    product_code       text not null,
    start_on           date not null,
    end_on             date,
    product_name       text,
    product_type       int,
    order_id           bigint,   -- the order that brought it; null: none that is known here
    purchase_price     bigint,
    monthly_price      bigint,
    shortest_period    int,
    first_month        date generated always as (date_trunc('month', start_on::timestamp)::date) stored,
    last_month         date generated always as (date_trunc('month', end_on::timestamp)::date) stored,
    primary key (customer_site_code, product_code, start_on)
);
create index contract_start on orderd.contract (start_on);
create index contract_end on orderd.contract (end_on) where end_on is not null;
create index contract_order on orderd.contract (order_id) where order_id is not null;

-- Orders of a site that brought ('1') or took ('3') products and came to their end.
create function orderd.orders_about(site text)
    returns table (order_id bigint, at timestamptz, accepted_at timestamptz, change text, product_code text) language sql stable as $$
    select o.id, o.finished_at, coalesce(o.accepted_at, o.received_at), '1', p
      from orderd."order" o cross join lateral unnest(string_to_array(o.product_codes, '|')) p
     where o.order_type = 1 and o.customer_site_code = site and o.state in ('completed', 'partially_failed')
    union all
    select o.id, o.finished_at, coalesce(o.accepted_at, o.received_at), split_part(p, ':', 1), substr(p, strpos(p, ':') + 1)
      from orderd."order" o cross join lateral unnest(string_to_array(o.product_codes, '|')) p
     where o.order_type = 2 and o.natural_key = 'change:' || site and o.state in ('completed', 'partially_failed')
$$;

create function orderd.note_contracts() returns trigger language plpgsql as $$
declare
    told jsonb := '[]';
begin
    if new.detail = '{}' then
        return null;
    end if;
    -- A contract without a day begins with its site; before that it has not begun.
    select coalesce(jsonb_agg(jsonb_build_object('product_code', c ->> 'productCode', 'product_name', nullif(c ->> 'productName', ''),
                                                 'product_type', case when c ->> 'productType' ~ '^\d{1,4}$' then (c ->> 'productType')::int end,
                                                 'start_on', start_on, 'end_on', orderd.day_of(c ->> 'endAt'))), '[]')
      into told
      from (select c, coalesce(orderd.day_of(c ->> 'startAt'), orderd.day_of(new.start_at)) as start_on
              from jsonb_array_elements(case when jsonb_typeof(new.detail -> 'contracts') = 'array' then new.detail -> 'contracts' else '[]' end) c) d
     where start_on is not null and c ->> 'productCode' <> '';

    -- One that is told with another first day, and that no order of ours took away, was corrected.
    delete from orderd.contract k
     where k.customer_site_code = new.code and k.end_on is null
       and exists (select from jsonb_to_recordset(told) t (product_code text) where t.product_code = k.product_code)
       and not exists (select from jsonb_to_recordset(told) t (product_code text, start_on date)
                        where t.product_code = k.product_code and t.start_on = k.start_on)
       and not exists (select from orderd.orders_about(new.code) o
                        where o.change = '3' and o.product_code = k.product_code and orderd.day_in_japan(o.at) >= k.start_on);
    -- One that is no longer told has ended: when the order that took it away did, or today.
    update orderd.contract k
       set end_on = greatest(k.start_on, coalesce(
               (select max(orderd.day_in_japan(o.at)) from orderd.orders_about(new.code) o
                 where o.change = '3' and o.product_code = k.product_code and orderd.day_in_japan(o.at) >= k.start_on),
               orderd.day_of(new.end_at), orderd.day_in_japan(now())))
     where k.customer_site_code = new.code and k.end_on is null
       and not exists (select from jsonb_to_recordset(told) t (product_code text, start_on date)
                        where t.product_code = k.product_code and t.start_on = k.start_on);

    insert into orderd.contract as k (customer_site_code, product_code, start_on, end_on, product_name, product_type, order_id, purchase_price,
                                 monthly_price, shortest_period)
    select new.code, t.product_code, t.start_on, max(t.end_on), max(coalesce(t.product_name, p.name)), max(coalesce(t.product_type, p.type)),
           max(b.order_id), max(p.purchase_price), max(p.monthly_price), max(p.shortest_period)
      from jsonb_to_recordset(told) t (product_code text, product_name text, product_type int, start_on date, end_on date)
      left join lateral (select o.order_id, o.accepted_at from orderd.orders_about(new.code) o
                          where o.change = '1' and o.product_code = t.product_code and orderd.day_in_japan(o.accepted_at) <= t.start_on
                          order by o.accepted_at desc limit 1) b on true
      left join lateral orderd.product_at(t.product_code, coalesce(b.accepted_at, (t.start_on + 1)::timestamp at time zone 'Asia/Tokyo')) p on true
     group by t.product_code, t.start_on
    on conflict (customer_site_code, product_code, start_on) do update
       set end_on = excluded.end_on, product_name = excluded.product_name, product_type = excluded.product_type,
           -- What was written in the books at a price keeps it; only the order that brought it may become known later.
           order_id = coalesce(k.order_id, excluded.order_id),
           purchase_price = case when k.order_id is null and excluded.order_id is not null then excluded.purchase_price else coalesce(k.purchase_price, excluded.purchase_price) end,
           monthly_price = case when k.order_id is null and excluded.order_id is not null then excluded.monthly_price else coalesce(k.monthly_price, excluded.monthly_price) end,
           shortest_period = case when k.order_id is null and excluded.order_id is not null then excluded.shortest_period else coalesce(k.shortest_period, excluded.shortest_period) end;
    return null;
end $$;
create trigger site_contracts after insert or update of detail on orderd.site
    for each row execute function orderd.note_contracts();
-- What is there already.
update orderd.site set detail = detail where detail <> '{}';

-- How many lines of report.difference there were when they were last counted.
create table orderd.difference_count (
    kind       text primary key,
    count      bigint not null,
    counted_at timestamptz not null default now()
);

create table orderd.month (month date primary key);
insert into orderd.month select generate_series('2000-01-01'::date, '2119-12-01'::date, interval '1 month')::date;


create function orderd.months_between(earlier date, later date) returns int language sql immutable parallel safe as $$
    select ((extract(year from later) - extract(year from earlier)) * 12 + extract(month from later) - extract(month from earlier))::int
$$;

-- A month of a contract. The initial fee falls in the month of the opening, the monthly fee in every month from the one after
-- ("課金開始日の翌月からお客様向けに請求される") to that of the end.
create view orderd.charge_line as
select m.month, c.customer_site_code, s.name as customer_site_name, s.case_name, b.name as batch_name, o.request_key, o.order_code,
       c.product_code, c.product_name, c.start_on as opened_on, c.end_on as ended_on,
       case when m.month = c.first_month then coalesce(c.purchase_price, 0) else 0 end as initial_fee,
       case when m.month > c.first_month then coalesce(c.monthly_price, 0) else 0 end as monthly_fee,
       case when m.month = c.first_month then coalesce(c.purchase_price, 0) else coalesce(c.monthly_price, 0) end as amount,
       l.months_left, l.months_left * coalesce(c.monthly_price, 0) as amount_at_risk,
       c.order_id is not null as ordered_here, c.monthly_price is not null and c.purchase_price is not null as price_known
  from orderd.contract c
  join orderd.month m on m.month >= c.first_month and m.month <= coalesce(c.last_month, 'infinity')
 cross join lateral (select case when m.month = c.last_month
                                 then greatest(0, coalesce(c.shortest_period, 0) - orderd.months_between(c.first_month, c.last_month))
                                 else 0 end as months_left) l
  left join orderd.site s on s.code = c.customer_site_code
  left join orderd."order" o on o.id = c.order_id
  left join orderd.batch b on b.id = o.batch_id;
