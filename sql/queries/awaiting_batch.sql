-- What batch $1 waits for consent with. Index order_batch.
select count(*)::int, coalesce(sum(purchase_price), 0)::bigint, coalesce(sum(monthly_price), 0)::bigint,
       (count(*) filter (where (order_type = 1 or product_codes ~ '(^|[|])1:') and (purchase_price is null or monthly_price is null)))::int
  from orderd."order" where batch_id = $1 and state = 'awaiting_approval'
