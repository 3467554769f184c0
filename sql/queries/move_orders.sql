-- Moves orders along the table of transitions, each only if it still is in the state and revision its mover knows, and
-- leaves one event for each. Gives the orders that moved; the others were somebody else's by then, or somebody's trigger kept
-- them as they were. Primary key; as many
-- rows as the arrays have elements.
with asked as (
    select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::text[],
                         $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::int[],
                         $16::int[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $25::int[], $26::text[])
        as t (id, revision, from_state, to_state, event, why, http_status, request_id, errors, raw, order_code, error_code,
              error_message, delay_ms, attempts_back, searches, provider_status, customer_site_code, application_date,
              hope_to_start_at, hope_to_end_at, global_ip, uncontrolled_searches, evidence)
), moved as (
    update orderd."order" o
       set state = a.to_state,
           revision = o.revision + 1,
           owner = null,
           -- What was never sent keeps its submit_after, whoever lets it go.
           not_before = case when a.delay_ms is null then o.not_before
                             when a.to_state = 'ready' and o.first_submitted_at is null
                             then greatest(o.not_before, now() + a.delay_ms * interval '1 millisecond')
                             -- A search that a person asks for waits as long as any: what was sent last may still be performed.
                             when a.event in ('search_asked', 'retry_after_search', 'resolved_as_not_ours', 'code_is_anothers', 'code_never_known')
                             then greatest(now() + a.delay_ms * interval '1 millisecond', o.submitted_at + coalesce(o.settle_ms, 0) * interval '1 millisecond',
                                           (select value::timestamptz from orderd.setting where name = 'restored_at') + interval '1 millisecond'
                                           * greatest(o.settle_ms, (select value::bigint from orderd.setting where name = 'restored_settle_ms')))
                             else now() + a.delay_ms * interval '1 millisecond' end,
           -- A person's retry begins anew; what was before stays in the events.
           attempts = case when a.event in ('retry_asked', 'retry_after_search', 'release_asked') then 0 else greatest(0, o.attempts - a.attempts_back) end,
           -- What was once in doubt keeps the time of its first attempt: a later order may be that one, created late.
           first_submitted_at = case when a.event <> 'retry_asked' or o.doubts > 0 then o.first_submitted_at end,
           doubts = o.doubts + (a.to_state = 'in_doubt' and a.from_state <> 'in_doubt' and a.event <> 'retry_after_search')::int,
           searches = coalesce(a.searches, 0),
           uncontrolled_searches = coalesce(a.uncontrolled_searches, 0),
           inconclusive_since = case when a.event = 'search_inconclusive' then coalesce(o.inconclusive_since, now()) end,
           -- Something lives there: not found is no proof, until a person says otherwise.
           line_busy = case when a.event = 'retry_after_search' then a.order_code is not null
                            when a.to_state = 'in_doubt' and a.error_code = '4000139' or a.event in ('code_is_anothers', 'code_never_known')
                                 or a.event = 'outcome_unknown' and a.order_code is not null
                                 or a.event = 'search_asked' and a.from_state in ('accepted', 'refused')
                                 or a.event = 'resolved_as_not_ours'
                                    and exists (select from orderd.order_event e where e.order_id = o.id
                                                   and e.event = 'accepted_by_provider' and e.order_code = o.order_code) then true
                            when a.event in ('resolved_as_not_created', 'retry_asked') then false else o.line_busy end,
           proven_absent_at = case when a.event in ('not_created', 'resolved_as_not_created') then now() else o.proven_absent_at end,
           order_code = case when a.to_state in ('ready', 'in_doubt') then null else coalesce(a.order_code, o.order_code) end,
           error_code = case when a.to_state in ('accepted', 'completed') and a.event <> 'following_failed' or a.event in ('search_asked', 'resolved_as_not_ours') then null
                             else coalesce(a.error_code, o.error_code) end,
           error_message = case when a.to_state in ('accepted', 'completed') and a.event <> 'following_failed' or a.event in ('search_asked', 'resolved_as_not_ours') then null
                                else coalesce(a.error_message, o.error_message) end,
           provider_status = case when a.from_state <> 'accepted' or a.to_state <> 'in_doubt' then coalesce(a.provider_status, o.provider_status) end,
           customer_site_code = coalesce(a.customer_site_code, o.customer_site_code),
           application_date = coalesce(a.application_date, o.application_date),
           hope_to_start_at = coalesce(a.hope_to_start_at, o.hope_to_start_at),
           hope_to_end_at = coalesce(a.hope_to_end_at, o.hope_to_end_at),
           global_ip = coalesce(a.global_ip, o.global_ip),
           accepted_at = case when a.to_state = 'accepted' and a.from_state <> 'accepted' then now()
                              when a.from_state <> 'accepted' or a.to_state <> 'in_doubt' then o.accepted_at end,
           finished_at = case when a.to_state in ('completed', 'failed', 'cancelled', 'partially_failed', 'refused', 'withdrawn')
                              then now() end,
           -- The access key of the line is in the provider's hands now, and no retry will want it.
           details = case when a.to_state in ('completed', 'cancelled', 'partially_failed') and o.order_type = 1 and o.details <> '[]'
                          then jsonb_set(o.details::jsonb, '{0}', '""')::text else o.details end,
           updated_at = now()
      from asked a
     where o.id = a.id and o.revision = a.revision and o.state = a.from_state
       -- A verb has no instance; an instance that lost its lease records nothing any more.
       and ($23::bigint = 0 or exists (select from orderd.instance i where i.id = $23::bigint and i.lost_at is null))
    returning o.id, o.attempts, o.state, o.order_type, o.customer_site_code, o.batch_id,
              o.state = a.to_state and o.revision = a.revision + 1 as changed
), logged as (
    insert into orderd.order_event (order_id, from_state, to_state, event, why, attempt, http_status, errors, order_code, request_id, raw,
                                    instance_id, operator, revision, evidence)
    select a.id, a.from_state, a.to_state, a.event, a.why, m.attempts + a.attempts_back, nullif(a.http_status, 0), a.errors::jsonb, a.order_code,
           a.request_id, a.raw, $23::bigint, nullif($24::text, ''), a.revision, a.evidence::jsonb
      from moved m join asked a on a.id = m.id
     where m.changed
), sites as (
    insert into orderd.site_refresh (code)
    select distinct customer_site_code from moved
     where changed and state in ('completed', 'partially_failed') and customer_site_code <> ''
    on conflict (code) do update set due_at = now(), tries = 0
), reopened as (
    -- An order that was refused or has failed and is not any more makes its batch unfinished again, as a retried one does: its result file is written anew.
    update orderd.batch b set reported_at = null
     where b.reported_at is not null
       and b.id in (select m.batch_id from asked a join moved m on m.id = a.id
                     where m.changed and (a.event in ('retry_asked', 'retry_after_search') or a.from_state = 'refused'))
)
select id from moved where changed
