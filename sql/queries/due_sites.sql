-- Takes at most $1 sites whose detail is due, or site $2 alone if it is due ("": any), and puts each off by a growing pause in case it
-- fails. Index site_refresh_due; touches $1 rows.
update orderd.site_refresh r
   set due_at = now() + least(3600, 5 * 2 ^ least(tries, 10)) * interval '1 second', tries = tries + 1
 where r.code = any (array(select code from orderd.site_refresh where due_at <= now() and ($2::text = '' or code = $2::text) order by due_at limit $1::int for update skip locked))
returning r.code
