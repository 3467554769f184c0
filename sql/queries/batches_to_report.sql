-- File batches of drop directory $1 with something to tell that their answer files do not tell yet. Reads the batches that are
-- not finished and told (those have reported_at 'infinity'), by index batch_open; orders
-- without a price by order_unpriced.
select b.id, b.name, b.encoding, b.separator, b.japanese, to_json(coalesce(b.header, '{}'))::text, b.notes::text,
       b.rows_taken, b.rows_rejected, b.rows_duplicate,
       (select coalesce(sum(purchase_price), 0) from orderd.tally_now t where t.batch_id = b.id and t.state <> 'rejected')::bigint as purchase_price,
       (select coalesce(sum(monthly_price), 0) from orderd.tally_now t where t.batch_id = b.id and t.state <> 'rejected')::bigint as monthly_price,
       (select coalesce(sum(orders), 0) from orderd.tally_now t where t.batch_id = b.id and t.state = 'awaiting_approval')::bigint as awaiting,
       (select count(*) from orderd."order" o where o.batch_id = b.id and (o.purchase_price is null or o.monthly_price is null)
           and o.state <> 'rejected' and (o.order_type = 1 or (o.order_type = 2 and o.product_codes ~ '(^|[|])1:'))) as unpriced
  from orderd.batch b
 where b.source = 'csv' and b.directory = $1
   and (b.reported_at is null or (b.reported_at < 'infinity' and b.changed_at > b.reported_at))
 order by b.id
