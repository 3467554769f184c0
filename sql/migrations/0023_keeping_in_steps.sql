-- What has ended is looked at in steps of some thousand rows, also where all rows of a file ended at one moment; nothing personal is
-- left of rejected rows and of rows that had come before; who looked at secrets is written down by the database. Daemons of 0.11.0 may
-- run on while they are replaced.

-- Steps -------------------------------------------------------------------------------------------------------------------------
drop index orderd.order_finished;
create index order_finished on orderd."order" (finished_at, id) where finished_at is not null;
drop index intake.order_row_settled;
create index order_row_settled on intake.order_row (taken_at, id) where state in ('rejected', 'duplicate');

-- How far was looked, for each purpose: up to the row `id` of those that ended at `ended_at`. Nothing yet: everything is looked at anew.
create table orderd.kept_through (
    purpose  text primary key,
    ended_at timestamptz not null,
    id       bigint not null
);
delete from orderd.setting where name in ('events_deleted_until', 'details_emptied_until', 'rejected_deleted_until');

-- Only rejected orders are ever deleted, and no row that came again points to one; to look for that at each took a reading of the table.
alter table orderd.duplicate_row drop constraint duplicate_row_order_id_fkey;

-- Findings without what they quote of the columns `fields` (null: of any); the words of the database about a row may quote any.
create function orderd.findings_without_values(findings jsonb, fields text[]) returns jsonb language sql immutable parallel safe as $$
    select coalesce(jsonb_agg(case when fields is null or f ->> 'field' = any (fields) or f ->> 'rule' = 'row_not_stored'
                                   then f || '{"message_ja": "***", "message_en": "***"}' else f end order by n), '[]')
      from jsonb_array_elements(findings) with ordinality as t (f, n)
$$;

-- Rights ------------------------------------------------------------------------------------------------------------------------
-- Who is not the daemon, nor acts for the owner of the tables, looks at secrets in the name of its login, whatever it says.
alter table orderd.secret_access
    add column login text,    -- written by the database
    add column claimed text;  -- the operator's name that the login gave, where that is not the daemon's
create function orderd.name_who_looked() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    new.at := now();
    new.login := session_user;
    new.claimed := null;
    if not exists (select from pg_roles where rolname = 'orderd_app' and pg_has_role(session_user, oid, 'member'))
       and not pg_has_role(session_user, (select relowner from pg_class where oid = tg_relid), 'member') then
        new.claimed := new.operator;
        new.operator := session_user;
    end if;
    return new;
end $$;
create trigger secret_access_names before insert on orderd.secret_access
    for each row execute function orderd.name_who_looked();

do $$
begin
    if exists (select from pg_roles where rolname = 'orderd_app') then
        grant select, insert, update, delete on orderd.kept_through to orderd_app;
    end if;
    if exists (select from pg_roles where rolname = 'orderd_secrets') then
        revoke insert on orderd.secret_access from orderd_secrets;
        grant insert (operator, code) on orderd.secret_access to orderd_secrets;
    end if;
end $$;
