-- The orders that have one of the keys $1, and the live ones that have one of the natural keys $2; batch $3 is called "". The last
-- column: whether it may be told whose and where they are to whom asks: the author of a file ($4 csv) of what came in files, the
-- program $5 acting as $6 ($4 table) of its own, everybody else ($4 "") of all.
-- Indexes order_request_key, order_live_natural_key; as many probes as keys.
select 'key', o.request_key, o.id, o.content_hash, case when o.batch_id = $3::bigint then '' else b.name end, o.source_row,
       case when o.batch_id = $3::bigint then true
            when $4::text = 'table' then b.source = 'table' and b.inserted_by = $5::text and b.inserted_as = $6::text
            else $4::text = '' or b.source <> 'table' end
  from unnest($1::text[]) as k (request_key)
  join orderd."order" o on o.request_key = k.request_key and o.state <> 'rejected'
  join orderd.batch b on b.id = o.batch_id
union all
select 'line', o.natural_key, o.id, o.content_hash, case when o.batch_id = $3::bigint then '' else b.name end, o.source_row,
       case when o.batch_id = $3::bigint then true
            when $4::text = 'table' then b.source = 'table' and b.inserted_by = $5::text and b.inserted_as = $6::text
            else $4::text = '' or b.source <> 'table' end
  from unnest($2::text[]) as l (natural_key)
  join orderd."order" o on o.natural_key = l.natural_key and o.order_type <> 2
       and o.state in ('received', 'awaiting_approval', 'ready', 'submitting', 'in_doubt', 'accepted', 'held')
  join orderd.batch b on b.id = o.batch_id
