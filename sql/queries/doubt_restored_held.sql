-- Orders that were held when the backup of $1 was made may have been released and sent since: only `orders resolve` decides
-- about them. As many rows as are held.
update orderd."order"
   set error_code = 'database_restored', revision = revision + 1, updated_at = now(),
       first_submitted_at = least(coalesce(first_submitted_at, $1::timestamptz), $1::timestamptz)
 where state in ('held', 'awaiting_approval') and coalesce(error_code, '') <> 'order_code_conflict'
returning id
