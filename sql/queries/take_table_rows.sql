-- Settles intake rows: what became of each row $1 of batch $2 by its number. The key to the line is not kept there. Gives the rows,
-- and whether they changed: somebody's trigger may keep them as they were. Of a row that came before, the order is told where the
-- same program brought it. As many probes of primary keys and order_batch as rows: the condition on the state is written so that
-- order_row_waiting does not serve it, which the planner takes for empty and reads whole.
update intake.order_row r
   set state = case when o.state = 'rejected' then 'rejected' when o.id is not null then 'taken' else 'duplicate' end,
       findings = coalesce(o.findings, '[]'), line_access_key = null, taken_at = now(),
       order_id = coalesce(o.id, (
           select x.id
             from orderd."order" x
             join orderd.batch b on b.id = x.batch_id and b.source = 'table'
             left join intake.order_row f on f.id = x.source_row and f.order_id = x.id
            where x.id = d.order_id
              and (coalesce(f.inserted_by, b.inserted_by), coalesce(f.inserted_as, f.inserted_by, b.inserted_as))
                = (r.inserted_by, coalesce(r.inserted_as, r.inserted_by))))
  from unnest($1::bigint[]) as t (id)
  left join orderd."order" o on o.batch_id = $2::bigint and o.source_row = t.id
  left join orderd.duplicate_row d on d.batch_id = $2::bigint and d.source_row = t.id
 where r.id = t.id and r.state || '' = 'received' and coalesce(o.id, d.source_row) is not null
returning r.id, r.state <> 'received' as changed
