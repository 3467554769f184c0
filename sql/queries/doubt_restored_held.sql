-- Orders that were held when the backup of $1 was made may have been released and sent since: only `orders resolve` decides
-- about them. What was in doubt then is searched for from the beginning. As many rows as are held, wait for approval or are in doubt.
with again as (
    update orderd."order"
       set searches = 0, uncontrolled_searches = 0, inconclusive_since = null, revision = revision + 1, updated_at = now(),
           not_before = greatest(not_before, now() + interval '1 millisecond'
                * greatest(settle_ms, (select value::bigint from orderd.setting where name = 'restored_settle_ms'))),
           first_submitted_at = least(coalesce(first_submitted_at, $1::timestamptz), $1::timestamptz)
     where state = 'in_doubt'
)
update orderd."order"
   set error_code = 'database_restored', revision = revision + 1, updated_at = now(),
       first_submitted_at = least(coalesce(first_submitted_at, $1::timestamptz), $1::timestamptz)
 where state in ('held', 'awaiting_approval') and coalesce(error_code, '') <> 'order_code_conflict'
returning id
