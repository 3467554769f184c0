-- An order's row says where it stands, its story why. A state that somebody wrote by hand has no story, and an order that may exist
-- at the provider would be sent again on its word. Daemons of 0.11.0 may run on while they are replaced.

-- Whoever moves an order raises its revision, so that an answer on the wire is not taken for one about the new state. A trigger after
-- the row, unlike one before it, locks nothing anew; its condition is all that a lawful move costs.
create function orderd.refuse_move_by_hand() returns trigger language plpgsql as $$
begin
    raise exception 'the state of order #% is not changed by hand (from % to %)', old.id, old.state, new.state
        using hint = 'ipoe-orderd orders hold, release, retry, withdraw, search-again and resolve move orders; they keep its story, and look at the provider before anything is sent twice.';
end $$;
create trigger order_moves_by_verbs after update of state on orderd."order"
    for each row when (new.state <> old.state and new.revision = old.revision)
    execute function orderd.refuse_move_by_hand();

-- The order code that the provider told of an order whose row had been moved by then, and of which nobody has decided since. It stands
-- in the words of the event only (see keep_late_answers.sql). Index order_event_order.
create function orderd.code_told_late(of_order bigint) returns text language sql stable parallel safe as $$
    select l.code
      from (select id, substring(why from '^(?:the order had been moved by somebody else when this came|the database keeps the order as it was): order code (.+)$') as code
              from orderd.order_event where order_id = of_order and event = 'late_answer') l
     where l.code is not null
       and not exists (select from orderd.order_event d
                        where d.order_id = of_order
                          and (d.event = 'resolved_as_not_created' and d.id > l.id or d.order_code = l.code and d.event <> 'outcome_unknown'))
     order by l.id desc
     limit 1
$$;

-- What earlier searches for an order showed and did not tell to be another's, one space between the order codes; a person's decision
-- that it was not created ends that. Index order_event_order.
create function orderd.codes_shown(of_order bigint) returns text language sql stable parallel safe as $$
    with found as (
        select id, evidence from orderd.order_event
         where order_id = of_order and evidence is not null
           and id > coalesce((select max(p.id) from orderd.order_event p where p.order_id = of_order and p.event = 'resolved_as_not_created'), 0)
    ), shown as (
        select f.id, x ->> 'orderCode' as code, x ->> 'verdict' as verdict from found f, jsonb_array_elements(f.evidence -> 'elements') x
        union all
        select id, evidence ->> 'inProgressElsewhere', 'perhaps_ours' from found where evidence ? 'inProgressElsewhere'
    )
    select coalesce(string_agg(code, ' '), '')
      from (select distinct on (code) code, verdict from shown where code <> '' order by code, id desc) latest
     where verdict <> 'another_order'
$$;
-- How many orders the fullest of those searches showed of which one had no order code; 0: each had one.
create function orderd.most_shown_unnamed(of_order bigint) returns int language sql stable parallel safe as $$
    select coalesce(max(jsonb_array_length(coalesce(evidence -> 'elements', '[]')) + jsonb_array_length(evidence -> 'withoutKey')
                        + coalesce((evidence ->> 'more')::int, 0)), 0)::int
      from orderd.order_event
     where order_id = of_order and evidence ? 'withoutKey'
       and id > coalesce((select max(p.id) from orderd.order_event p where p.order_id = of_order and p.event = 'resolved_as_not_created'), 0)
$$;

-- Whether a refusal of the provider may be its answer to the second of two requests, of which the first created the order (a gateway may
-- send one twice): no, when each error is about the request alone, its form (4000100 to 4000129) or a product of a start that does
-- not exist (4000137). Without errors it may.
create function orderd.may_refuse_a_second(its_type int, errors jsonb) returns boolean language sql immutable parallel safe as $$
    select not coalesce(bool_and(coalesce(x ->> 'errorCode', '') ~ '^40001[0-2][0-9]$' or its_type = 1 and x ->> 'errorCode' = '4000137'), false)
      from jsonb_array_elements(case when jsonb_typeof(errors) = 'array' then errors else '[]' end) x
$$;

-- Whether the story of an order that is in `its_state` leaves open that it exists at the provider: an answer that came late named a code;
-- or the last that is known of an attempt is not that nothing came of it, and yet it was claimed again or is in a state that waits for
-- nothing. What was proven absent since is closed. Events that are not named below leave it open. Index order_event_order.
create function orderd.may_be_at_provider(of_order bigint, its_state text) returns boolean language sql stable parallel safe as $$
    select orderd.code_told_late(of_order) is not null
        or exists (
            select from (
                select e.id, e.event, e.errors, lead(e.event) over (order by e.id) as then_came
                  from orderd.order_event e
                 where e.order_id = of_order and e.from_state is not null
                   and e.id >= (select min(c.id) from orderd.order_event c where c.order_id = of_order and c.event = 'claimed')
                   and e.event not in ('judged_valid', 'judged_invalid', 'needs_approval', 'approved', 'hold_asked', 'release_asked', 'retry_asked',
                                       'withdraw_asked', 'batch_paused', 'batch_resumed', 'following_failed', 'following_resumed')
            ) told
             where told.event not in ('not_processed', 'attempts_used_up', 'not_created', 'resolved_as_not_created', 'provider_failed', 'provider_cancelled')
               and (told.event <> 'refused_by_provider'
                    or orderd.may_refuse_a_second((select o.order_type from orderd."order" o where o.id = of_order), told.errors))
               and told.id > coalesce((select max(p.id) from orderd.order_event p
                                        where p.order_id = of_order and p.event in ('not_created', 'resolved_as_not_created')), 0)
               and (told.then_came = 'claimed'
                    or told.then_came is null and its_state in ('received', 'awaiting_approval', 'ready', 'held', 'refused', 'failed')))
$$;
