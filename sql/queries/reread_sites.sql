-- Has the detail of sites in use read again that was last read more than $1 milliseconds ago, the oldest first; at most as many as
-- a daily listing must so that all have their turn in that time. Reads all sites once.
with in_use as (
    select code, detail_read_at from orderd.site where status = '1'
), due as (
    insert into orderd.site_refresh (code)
    select code from in_use
     where coalesce(detail_read_at, '-infinity') < now() - $1::bigint * interval '1 millisecond'
     order by detail_read_at nulls first
     limit (select ceil(count(*) * 86400000.0 / greatest($1::bigint, 86400000)) + 10 from in_use)
    on conflict (code) do nothing
    returning code
)
select count(*) from due
