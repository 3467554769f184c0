-- Keeps the detail of one site, its secrets apart. Gives it unless somebody's trigger kept it as it was; then it is due again.
with saved as (
    insert into orderd.site (code, name, case_name, status, line_id, global_ip, start_at, end_at, detail, detail_read_at)
    values ($1, nullif($2, ''), nullif($3, ''), nullif($4, ''), nullif($5, ''), nullif($6, ''), nullif($7, ''), nullif($8, ''), $9::jsonb, now())
    on conflict (code) do update set name = excluded.name, case_name = excluded.case_name, status = excluded.status,
        line_id = excluded.line_id, global_ip = excluded.global_ip, start_at = excluded.start_at, end_at = excluded.end_at,
        detail = excluded.detail, read_at = now(), detail_read_at = now()
    returning code, detail_read_at = now() as changed
), done as (
    delete from orderd.site_refresh where code = $1 and exists (select from saved where changed)
), address as (
    update orderd."order" set global_ip = nullif($6, '') where customer_site_code = $1 and order_type = 1 and global_ip is null and $6 <> ''
)
select code from saved where changed
