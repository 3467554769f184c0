-- A daemon that acts as orderd_app, and not as the owner of the tables, reads which migrations there are, and numbers the orders of a
-- batch in a row.
do $$
begin
    if exists (select from pg_roles where rolname = 'orderd_app') then
        grant select on public.orderd_migration to orderd_app;
        execute format('grant usage, select, update on sequence %s to orderd_app', pg_get_serial_sequence('orderd."order"', 'id'));
    end if;
end $$;
