-- The secrets of site $1: names $2, sealed with the key $4 as $3 (hexadecimal). Primary key.
insert into orderd.site_credential (code, name, sealed, key_id)
select $1, n, decode(v, 'hex'), $4 from unnest($2::text[], $3::text[]) as t (n, v)
on conflict (code, name) do update set sealed = excluded.sealed, key_id = excluded.key_id, value = null, read_at = now()
