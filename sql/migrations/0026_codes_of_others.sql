-- The order codes that searches showed for an order, without those that were told to be another's by what does not change. That a code
-- belongs to another order here, or agrees with another in doubt, may change: the other may have been told a wrong code.
create or replace function orderd.codes_shown(of_order bigint) returns text language sql stable parallel safe as $$
    with found as (
        select id, evidence from orderd.order_event
         where order_id = of_order and evidence is not null
           and id > coalesce((select max(p.id) from orderd.order_event p where p.order_id = of_order and p.event = 'resolved_as_not_created'), 0)
    ), shown as (
        select f.id, x ->> 'orderCode' as code,
               x ->> 'verdict' = 'another_order' and x ->> 'rule' not in ('belongs_to_another_order', 'agrees_with_another_in_doubt') as ruled_out
          from found f, jsonb_array_elements(f.evidence -> 'elements') x
        union all
        select id, evidence ->> 'inProgressElsewhere', false from found where evidence ? 'inProgressElsewhere'
    )
    select coalesce(string_agg(code, ' '), '')
      from (select distinct on (code) code, ruled_out from shown where code <> '' order by code, id desc) latest
     where not ruled_out
$$;
