-- What is kept of the secrets of site $1: name, key, sealed (hexadecimal), and plain text where an older release wrote it. Primary key.
select name, coalesce(key_id, ''), coalesce(encode(sealed, 'hex'), ''), coalesce(value, ''), value is not null
  from orderd.site_credential where code = $1 order by name
