-- Of the sites $1, those that have been read: whether they have ended, and when they were read. A line without a site tells
-- when all sites were last read, if ever. Primary keys.
select s.code, s.status = '2', to_char(s.read_at at time zone 'Asia/Tokyo', 'YYYY-MM-DD')
  from unnest($1::text[]) as c (code) join orderd.site s on s.code = c.code
union all
select null, false, to_char(value::timestamptz at time zone 'Asia/Tokyo', 'YYYY-MM-DD')
  from orderd.setting where name = 'sites_read_at'
