-- At most $2 secrets that are not sealed with the key $1, for sealing them anew; behind site $3 and name $4. Primary key.
select code, name, coalesce(key_id, ''), coalesce(encode(sealed, 'hex'), ''), coalesce(value, ''), value is not null
  from orderd.site_credential
 where (code, name) > ($3, $4) and (value is not null or key_id is distinct from $1)
 order by code, name limit $2::int
