-- Takes at most $1 orders in doubt whose settle time is over, and hides them for $2 milliseconds from other searchers; orders $3 are left out. The
-- new revision shuts out whoever searched before. An order that somebody's trigger keeps as it was comes as its number alone. `resent`: it
-- was found not to be created once, and sent again; `given_back`: what a person once took for it; `ruled_out`: what it was followed by, and
-- is another order; `told_created`: the provider said that it made it, under a code that is not its own; `told_late`: or under this one, when
-- the row had been moved by somebody else. Columns from order_type on as in claim_orders. Index order_in_doubt; touches $1 rows.
with picked as materialized (
    select id, revision from orderd."order"
     where state = 'in_doubt' and not_before <= now() and id <> all ($3::bigint[])
     order by not_before, id
     limit $1::int
       for update skip locked
), hidden as (
    update orderd."order" o
       set revision = o.revision + 1, not_before = now() + $2::bigint * interval '1 millisecond'
      from picked
     where o.id = picked.id
    returning o.id, o.revision, o.attempts, o.searches, o.uncontrolled_searches,
              to_char(coalesce(o.first_submitted_at, o.received_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') as submitted_at,
              coalesce(o.settle_ms, 0) as settle_ms,
              (extract(epoch from now() - o.inconclusive_since) * 1000)::bigint as inconclusive_ms, (extract(epoch from now() - o.submitted_at) * 1000)::bigint as sent_ms_ago, o.line_busy,
              exists (select from orderd.order_event e where e.order_id = o.id and e.event = 'not_created' and e.at >= o.first_submitted_at) as resent,
              (select coalesce(string_agg(e.order_code, ' '), '') from orderd.order_event e where e.order_id = o.id and e.event = 'resolved_as_not_ours') as given_back,
              (select coalesce(string_agg(e.order_code, ' '), '') from orderd.order_event e where e.order_id = o.id and e.event = 'code_is_anothers') as ruled_out,
              o.line_busy and exists (select from orderd.order_event e where e.order_id = o.id and e.order_code is not null
                                            and (e.event in ('code_is_anothers', 'code_never_known', 'outcome_unknown', 'outcome_missing', 'search_asked', 'retry_after_search')
                                                 or e.event = 'resolved_as_not_ours'
                                                    and exists (select from orderd.order_event a where a.order_id = o.id and a.event = 'accepted_by_provider'
                                                                   and a.order_code = e.order_code))) as told_created,
              orderd.code_told_late(o.id) as told_late,
              orderd.codes_shown(o.id) as shown_before, orderd.most_shown_unnamed(o.id) as shown_unnamed,
              (select value::bigint from orderd.setting where name = 'settle_time_too_short_ms') as settle_time_too_short_ms,
              o.order_type, o.customer_code, o.customer_site_name, o.case_name, o.line_id, o.product_codes, o.customer_site_code,
              o.hope_to_open_at, o.details
)
select p.id as picked_id, h.*
  from picked p left join hidden h on h.id = p.id and h.revision = p.revision + 1
