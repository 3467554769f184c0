-- Seals secrets anew: sites $1, names $2, sealed $3 (hexadecimal) with the key $4, unless they changed meanwhile (key before: $5).
update orderd.site_credential c set sealed = decode(t.sealed, 'hex'), key_id = $4, value = null
  from unnest($1::text[], $2::text[], $3::text[], $5::text[]) as t (code, name, sealed, before)
 where c.code = t.code and c.name = t.name and coalesce(c.key_id, '') = t.before
returning c.code
