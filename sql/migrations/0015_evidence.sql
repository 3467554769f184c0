-- An order in doubt is sent again only when it is proven absent: what a search found is kept, the settle time goes with the claim, and
-- "searched since the database was restored" is a fact of each order. Daemons of 0.10.0 may run on while they are replaced.
alter table orderd."order"
    add column settle_ms bigint,                              -- the settle time of the daemon that claimed it last
    add column uncontrolled_searches int not null default 0,  -- empty searches of this doubt that no control could vouch for
    add column inconclusive_since timestamptz,                -- since when searches of this doubt have told nothing usable
    add column line_busy boolean not null default false,      -- 4000139 was answered after a doubt: something lives there
    add column proven_absent_at timestamptz;                  -- when it was last proven, or decided by a person, not to be at the provider
update orderd."order" set line_busy = true where state in ('in_doubt', 'held') and error_code = '4000139' and doubts > 0;

alter table orderd.order_event add column evidence jsonb;     -- what a search found, element by element
create or replace view orderd.order_story as
select id, order_id, at, from_state, to_state, event, why, attempt, http_status, errors, order_code, request_id, raw, instance_id,
       operator, revision, evidence
  from orderd.order_event where through_order_id is null
union all
select e.id, o.id, e.at, null, e.to_state, e.event, null, null, null, null, null, null, null, null, null, null, null
  from orderd."order" o
 cross join lateral (select r.* from orderd.order_event r
                      where r.through_order_id is not null and r.order_id <= o.id order by r.order_id desc limit 1) e
 where e.through_order_id >= o.id;

-- Orders at the provider that belong to nobody here, and when they were first seen: what was there before an order was sent is not it.
create table orderd.seen_order_code (
    order_code text collate "C" primary key,
    seen_at    timestamptz not null default now()
);

-- A restore that is not over yet: what was searched for before now is searched for again.
insert into orderd.setting select 'restored_from', value from orderd.setting where name = 'restored_since';
insert into orderd.setting select 'restored_at', now()::text from orderd.setting where name = 'restored_since';
insert into orderd.setting select 'restored_settle_ms', '0' from orderd.setting where name = 'restored_since';

do $$
begin
    if exists (select from pg_roles where rolname = 'orderd_app') then
        grant select, insert, delete on orderd.seen_order_code to orderd_app;
    end if;
end $$;
