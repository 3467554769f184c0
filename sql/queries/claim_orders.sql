-- Takes at most $1 ready orders for instance $2, oldest due first, unless the circuit says that nothing is sent; $3: this
-- is the probe of an open circuit. The commit of this statement is the write-ahead: an order is `submitting` before a byte
-- of it is sent, with the settle time $6 that whoever takes it over must wait. Paused batches are left alone. An order that a restored
-- backup brought is only sent when it was proven absent since (until the restore is declared over: so is every order). Looks from
-- where the claim before ended, $4 microseconds of Unix time and order $5: what was claimed since somebody's transaction began
-- still lies in the index, and would be read again each time. Orders $7 are left out. An order that was sent before, and of which the
-- story leaves open what became of that, is not sent again, whoever made it ready: it is searched for. An order that somebody's trigger
-- keeps as it was is not claimed; it comes as its number alone. Index order_ready; touches $1 rows.
with picked as materialized (
    select id, not_before, order_code, (submitted_at is not null or revision > 2) and orderd.may_be_at_provider(id, state) as left_open
      from orderd."order"
     where state = 'ready' and not_before <= now()
       and (not_before, id) >= (timestamptz 'epoch' + $4::bigint * interval '1 microsecond', $5::bigint)
       and id <> all ($7::bigint[])
       and batch_id <> all (coalesce((select array_agg(id) from orderd.batch where paused_at is not null), '{}'))
       and ((select value from orderd.setting where name = 'restored_at') is null
            or proven_absent_at >= (select value::timestamptz from orderd.setting where name = 'restored_at')
            or id > (select value::bigint from orderd.setting where name = 'restored_through'
                        and not exists (select from orderd.setting where name = 'restored_since')))
       and exists (select from orderd.circuit c where (c.state = 'closed' or (c.prober = $2::bigint and $3::boolean)) and c.paused_until <= now())
     order by not_before, id
     limit $1::int
       for update skip locked
), moved as (
    update orderd."order" o
       set state = 'submitting', owner = $2::bigint, settle_ms = $6::bigint, attempts = o.attempts + 1, revision = o.revision + 1,
           submitted_at = now(), first_submitted_at = coalesce(o.first_submitted_at, now()), updated_at = now()
      from picked
     -- They are locked, and so still ready. Saying so again would let the planner, which may believe that hardly any order is
     -- ready, read all that are for each that was picked.
     where o.id = picked.id and not picked.left_open
       and exists (select from orderd.instance i where i.id = $2::bigint and i.lost_at is null and i.stopped_at is null)
    returning o.id, o.revision, o.attempts, o.doubts, o.order_type, o.customer_code,
              o.customer_site_name, o.case_name, o.line_id, o.product_codes, o.customer_site_code, o.hope_to_open_at, o.details, o.not_before, o.state = 'submitting' and o.owner = $2::bigint as changed
), logged as (
    insert into orderd.order_event (order_id, from_state, to_state, event, attempt, instance_id, revision)
    select id, 'ready', 'submitting', 'claimed', attempts, $2::bigint, revision - 1 from moved where changed
), doubted as (
    update orderd."order" o
       set state = 'in_doubt', revision = o.revision + 1, doubts = o.doubts + 1, searches = 0, uncontrolled_searches = 0, inconclusive_since = null,
           line_busy = o.line_busy or o.order_code is not null, order_code = null,
           not_before = now() + greatest(o.settle_ms, $6::bigint) * interval '1 millisecond', updated_at = now()
      from picked
     where o.id = picked.id and picked.left_open
       and exists (select from orderd.instance i where i.id = $2::bigint and i.lost_at is null and i.stopped_at is null)
    returning o.id, o.revision, o.attempts, o.doubts, o.order_type, o.customer_code,
              o.customer_site_name, o.case_name, o.line_id, o.product_codes, o.customer_site_code, o.hope_to_open_at, o.details, picked.not_before,
              o.state = 'in_doubt' as changed, picked.order_code
), doubt_logged as (
    insert into orderd.order_event (order_id, from_state, to_state, event, why, attempt, order_code, instance_id, revision)
    select id, 'ready', 'in_doubt', 'outcome_missing', 'it was sent before, and nothing shows that nothing came of it; it is searched for',
           attempts, order_code, $2::bigint, revision - 1
      from doubted where changed
), taken as (
    select moved.*, false as left_open from moved where changed
    union all
    select id, revision, attempts, doubts, order_type, customer_code, customer_site_name, case_name, line_id, product_codes,
           customer_site_code, hope_to_open_at, details, not_before, changed, true from doubted where changed
)
select id, revision, attempts, doubts, order_type, customer_code, customer_site_name, case_name, line_id, product_codes,
       customer_site_code, hope_to_open_at, details, (extract(epoch from not_before) * 1000000)::bigint as due, left_open
  from taken
union all
select id, null, null, null, null, null, null, null, null, null, null, null, null, (extract(epoch from not_before) * 1000000)::bigint, null
  from picked
 where (select count(*) from picked) > (select count(*) from taken)
   and exists (select from orderd.instance i where i.id = $2::bigint and i.lost_at is null and i.stopped_at is null)
   and id <> all (array(select id from taken))
 order by id
