-- What this transaction changed in the catalogue. Small table.
select coalesce(b.code, e.code), coalesce(b.name, e.name),
       case when e.code is null then 'appeared' else e.ended_by end,
       e.purchase_price, e.monthly_price, b.purchase_price, b.monthly_price
  from (select * from orderd.product_history where valid_from = now() and valid_to is null) b
  full join (select * from orderd.product_history where valid_to = now()) e on e.code = b.code
union all
select code, name, 'missing', purchase_price, monthly_price, purchase_price, monthly_price from orderd.product where missing_since = now()
 order by 1
