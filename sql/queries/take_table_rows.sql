-- Settles intake rows: what became of each row $1 of batch $2 by its number. The key to the line is not kept there.
update intake.order_row r
   set state = case when o.state = 'rejected' then 'rejected' when o.id is not null then 'taken' else 'duplicate' end,
       findings = coalesce(o.findings, '[]'), order_id = coalesce(o.id, d.order_id), line_access_key = null, taken_at = now()
  from unnest($1::bigint[]) as t (id)
  left join orderd."order" o on o.batch_id = $2::bigint and o.source_row = t.id
  left join orderd.duplicate_row d on d.batch_id = $2::bigint and d.source_row = t.id
 where r.id = any ($1::bigint[]) and r.id = t.id and r.state = 'received' and coalesce(o.id, d.source_row) is not null
