-- Roles for the three kinds of users. They are made where this login may make roles; an administrator can make them
-- before (create role orderd_app nologin, …) or grant them later by repeating the grants below.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['orderd_app', 'orderd_intake', 'orderd_report'] loop
        begin
            if not exists (select from pg_roles where rolname = wanted) then
                execute format('create role %I nologin', wanted);
            end if;
        exception
            when insufficient_privilege then raise notice 'role % is missing and this login may not make it', wanted;
            when duplicate_object or unique_violation then null; -- made by another database of this cluster just now
        end;
    end loop;

    if exists (select from pg_roles where rolname = 'orderd_app') then
        grant usage on schema orderd, intake, report to orderd_app;
        grant select, insert, update, delete on all tables in schema orderd, intake to orderd_app;
        grant select on all tables in schema report to orderd_app;
    end if;
    if exists (select from pg_roles where rolname = 'orderd_intake') then
        grant usage on schema intake to orderd_intake;
        grant select, insert on intake.order_row to orderd_intake;
        grant select on intake.row_status to orderd_intake;
    end if;
    if exists (select from pg_roles where rolname = 'orderd_report') then
        grant usage on schema report to orderd_report;
        grant select on all tables in schema report to orderd_report;
    end if;
end $$;
