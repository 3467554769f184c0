-- The secrets of site $1: names $2 and values $3.
insert into orderd.site_credential (code, name, value)
select $1, n, v from unnest($2::text[], $3::text[]) as t (n, v)
on conflict (code, name) do update set value = excluded.value, read_at = now()
