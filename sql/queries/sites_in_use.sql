-- Sites that are in use as far as is known here, but those that two complete lists have missed already. Reads all sites, once a day.
select code from orderd.site
 where status = '1'
   and read_at >= coalesce((select value::timestamptz from orderd.setting where name = 'sites_listed_from'), '-infinity')
