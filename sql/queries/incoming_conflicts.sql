-- Rows that came before (same key, same content), in this batch or another, and rows that cannot be taken: a key used by
-- other content, a line or site with a live order. Indexes order_request_key, order_live_natural_key; as many probes as rows.
with candidate as (
    select source_row, request_key, content_hash, natural_key,
           first_value(source_row) over k as first_row, first_value(content_hash) over k as first_hash
      from incoming where state <> 'rejected' and not duplicate
    window k as (partition by request_key order by source_row)
), judged as (
    select c.source_row, c.request_key, c.natural_key, c.first_row,
           o.id as known_id, o.source_row as known_row, ob.name as known_batch, o.state as known_state,
           case when o.id is not null and o.content_hash = c.content_hash then 'duplicate'
                when o.id is not null then 'key_conflict'
                when c.first_row <> c.source_row and c.first_hash = c.content_hash then 'duplicate'
                when c.first_row <> c.source_row then 'key_conflict' end as kind
      from candidate c
      left join orderd."order" o on o.request_key = c.request_key and o.state <> 'rejected'
      left join orderd.batch ob on ob.id = o.batch_id
), first_of_line as (
    select j.*, case when natural_key ~ '^change:' then j.source_row
                     else min(source_row) filter (where kind is null) over (partition by natural_key) end as line_row
      from judged j
)
select f.source_row, coalesce(f.kind, 'live_order') as kind, f.known_id,
       case when f.known_id is not null then f.known_batch
            when f.kind is not null then '' else coalesce(lb.name, '') end as other_batch,
       case when f.known_id is not null then f.known_row
            when f.kind is not null then f.first_row else coalesce(l.source_row, f.line_row) end as other_row,
       coalesce(f.known_state, l.state, '') as other_state, f.request_key, f.natural_key
  from first_of_line f
  left join orderd."order" l on f.kind is null and l.natural_key = f.natural_key and l.natural_key !~ '^change:'
       and l.state in ('received', 'awaiting_approval', 'ready', 'submitting', 'in_doubt', 'accepted', 'held')
  left join orderd.batch lb on lb.id = l.batch_id
 where f.kind is not null or l.id is not null or (f.kind is null and f.line_row < f.source_row)
 order by f.source_row
