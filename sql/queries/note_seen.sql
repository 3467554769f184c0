-- Notes that these orders at the provider, which belong to nobody here, have been seen. As many rows as codes.
insert into orderd.seen_order_code (order_code) select distinct unnest($1::text[])
on conflict (order_code) do nothing
