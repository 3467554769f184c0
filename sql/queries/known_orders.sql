-- The orders that have one of the keys $1, and the live ones that have one of the natural keys $2; batch $3 is called "".
-- Indexes order_request_key, order_live_natural_key; as many probes as keys.
select 'key', o.request_key, o.id, o.content_hash, case when o.batch_id = $3::bigint then '' else b.name end, o.source_row
  from unnest($1::text[]) as k (request_key)
  join orderd."order" o on o.request_key = k.request_key and o.state <> 'rejected'
  join orderd.batch b on b.id = o.batch_id
union all
select 'line', o.natural_key, o.id, o.content_hash, case when o.batch_id = $3::bigint then '' else b.name end, o.source_row
  from unnest($2::text[]) as l (natural_key)
  join orderd."order" o on o.natural_key = l.natural_key and o.order_type <> 2
       and o.state in ('received', 'awaiting_approval', 'ready', 'submitting', 'in_doubt', 'accepted', 'held')
  join orderd.batch b on b.id = o.batch_id
