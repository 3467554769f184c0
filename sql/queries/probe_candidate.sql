-- An order to probe an open circuit with: one of those that were tried least among the thousand that became due last. The oldest may
-- be the very ones on which the provider fails; of those that were not processed the revision tells how often they came back.
-- Index order_ready; a thousand rows.
select (extract(epoch from not_before) * 1000000)::bigint as due, id
  from (select not_before, id, attempts + doubts as tries, revision
          from orderd."order"
         where state = 'ready' and not_before <= now()
           and batch_id <> all (coalesce((select array_agg(id) from orderd.batch where paused_at is not null), '{}'))
         order by not_before desc, id desc
         limit 1000) latest
 order by tries, revision, random()
 limit 1
