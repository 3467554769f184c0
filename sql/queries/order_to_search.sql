-- What order $1 can be found by at the provider; columns as in due_in_doubt. Primary key; one row.
select o.id, o.revision, o.attempts, o.searches, o.uncontrolled_searches,
       to_char(coalesce(o.first_submitted_at, o.received_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') as submitted_at,
       coalesce(o.settle_ms, 0) as settle_ms, null::bigint as inconclusive_ms, (extract(epoch from now() - o.submitted_at) * 1000)::bigint as sent_ms_ago, o.line_busy, false as resent,
       (select coalesce(string_agg(e.order_code, ' '), '') from orderd.order_event e where e.order_id = o.id and e.event = 'resolved_as_not_ours') as given_back,
       (select coalesce(string_agg(e.order_code, ' '), '') from orderd.order_event e where e.order_id = o.id and e.event = 'code_is_anothers') as ruled_out,
       o.line_busy and exists (select from orderd.order_event e where e.order_id = o.id and e.order_code is not null
                                     and (e.event in ('code_is_anothers', 'code_never_known', 'outcome_unknown', 'outcome_missing', 'search_asked', 'retry_after_search')
                                          or e.event = 'resolved_as_not_ours'
                                             and exists (select from orderd.order_event a where a.order_id = o.id and a.event = 'accepted_by_provider'
                                                            and a.order_code = e.order_code))) as told_created,
       coalesce(orderd.code_told_late(o.id), case when o.state in ('held', 'failed') then o.order_code end) as told_late,
       orderd.codes_shown(o.id) as shown_before, orderd.most_shown_unnamed(o.id) as shown_unnamed,
       null::bigint as settle_time_too_short_ms,
       o.order_type, o.customer_code, o.customer_site_name, o.case_name, o.line_id, o.product_codes, o.customer_site_code,
       o.hope_to_open_at, o.details
  from orderd."order" o where o.id = $1::bigint and o.order_type is not null
