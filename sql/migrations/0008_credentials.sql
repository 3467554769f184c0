-- Pre-shared keys, tunnel passwords and line access keys of sites are sealed (XChaCha20-Poly1305) with a key that the database
-- never sees. What an older release wrote in plain text is sealed by the next daemon that has the key; until then `check` says so.
alter table orderd.site_credential alter column value drop not null;
alter table orderd.site_credential add column key_id text, add column sealed bytea;
create index site_credential_plain on orderd.site_credential (code) where value is not null;

-- Who looked at the secrets of which site, and when. Never updated.
create table orderd.secret_access (
    id       bigint generated always as identity primary key,
    at       timestamptz not null default now(),
    operator text not null,
    code     text not null
);
create trigger secret_access_is_final before update or delete on orderd.secret_access
    for each statement execute function orderd.refuse_change();

do $$
declare
    wanted text := 'orderd_secrets';
begin
    begin
        if not exists (select from pg_roles where rolname = wanted) then
            execute format('create role %I nologin', wanted);
        end if;
    exception
        when insufficient_privilege then raise notice 'role % is missing and this login may not make it', wanted;
        when duplicate_object or unique_violation then null;
    end;
    -- Who may read what is sealed; without the key it tells nothing.
    if exists (select from pg_roles where rolname = wanted) then
        grant usage on schema orderd to orderd_secrets;
        grant select on orderd.site, orderd.site_credential to orderd_secrets;
        grant insert on orderd.secret_access to orderd_secrets;
    end if;
    if exists (select from pg_roles where rolname = 'orderd_app') then
        grant select, insert on orderd.secret_access to orderd_app;
    end if;
end $$;
