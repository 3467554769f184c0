-- Marks the rows $1: duplicates of order $2 where the finding $3 is empty, else rejected for it.
update incoming i
   set duplicate = m.finding = '', duplicate_of = m.order_id,
       state = case when m.finding = '' then i.state else 'rejected' end,
       body = case when m.finding = '' then i.body end,
       fields = case when m.finding = '' then i.fields end,
       findings = case when m.finding = '' then i.findings else i.findings || m.finding::jsonb end
  from unnest($1::bigint[], $2::bigint[], $3::text[]) as m (source_row, order_id, finding)
 where i.source_row = m.source_row
