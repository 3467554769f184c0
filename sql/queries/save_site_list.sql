-- What the list of all sites tells of each; the detail of those that are new or changed is read by the daemon. How many, how many new, how
-- many changed, and one that somebody's trigger kept as it was. Primary key.
with listed as (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
        as t (code, name, case_name, status, line_id, start_at, end_at)
), known as (
    select s.code, s.status, s.end_at, s.detail = '{}'::jsonb as bare from listed l join orderd.site s on s.code = l.code
), saved as (
    insert into orderd.site (code, name, case_name, status, line_id, start_at, end_at, detail)
    select code, nullif(name, ''), nullif(case_name, ''), nullif(status, ''), nullif(line_id, ''), nullif(start_at, ''), nullif(end_at, ''), '{}'
      from listed
    on conflict (code) do update set name = coalesce(excluded.name, orderd.site.name),
        case_name = coalesce(excluded.case_name, orderd.site.case_name), status = coalesce(excluded.status, orderd.site.status),
        line_id = coalesce(excluded.line_id, orderd.site.line_id), start_at = coalesce(excluded.start_at, orderd.site.start_at),
        end_at = coalesce(excluded.end_at, orderd.site.end_at), read_at = now()
    returning code, status, end_at, read_at = now() as kept
), changed as (
    select s.code, k.code is null as new
      from saved s left join known k on k.code = s.code
     where s.kept and (k.code is null or k.bare or (s.status, s.end_at) is distinct from (k.status, k.end_at))
), due as (
    insert into orderd.site_refresh (code) select code from changed
    on conflict (code) do update set due_at = now(), tries = 0
)
select (select count(*) from saved where kept), count(*) filter (where new), count(*),
       case when (select count(*) from saved where kept) < (select count(*) from listed)
            then (select min(code) from listed where code not in (select code from saved where kept)) end
  from changed
