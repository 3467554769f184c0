-- An unknown price is not 0 yen: sums that miss one are null, and the orders without a price are counted. Daemons of 0.11.0 may run
-- on while this is applied. A minute for ten million orders.

-- Orders that cost something nobody knows; as a rule there are none. Cancel orders, and changes that only remove, cost nothing.
create index order_unpriced on orderd."order" (batch_id)
    where (purchase_price is null or monthly_price is null) and state <> 'rejected'
      and (order_type = 1 or (order_type = 2 and product_codes ~ '(^|[|])1:'));

-- What was decided about with a price that nobody knew.
alter table orderd.approval alter column purchase_price drop not null, alter column monthly_price drop not null,
    alter column first_year_price drop not null, add column unpriced int not null default 0;

create or replace view orderd.charge_line as
select m.month, c.customer_site_code, s.name as customer_site_name, s.case_name, b.name as batch_name, o.request_key, o.order_code,
       c.product_code, c.product_name, c.start_on as opened_on, c.end_on as ended_on,
       case when m.month = c.first_month then c.purchase_price else 0 end as initial_fee,
       case when m.month > c.first_month then c.monthly_price else 0 end as monthly_fee,
       case when m.month = c.first_month then c.purchase_price else c.monthly_price end as amount,
       l.months_left, case when l.months_left = 0 then 0 else l.months_left * c.monthly_price end as amount_at_risk,
       c.order_id is not null as ordered_here, c.monthly_price is not null and c.purchase_price is not null as price_known
  from orderd.contract c
  join orderd.month m on m.month >= c.first_month and m.month <= coalesce(c.last_month, 'infinity')
 cross join lateral (select case when m.month = c.last_month
                                 then greatest(0, coalesce(c.shortest_period, 0) - orderd.months_between(c.first_month, c.last_month))
                                 else 0 end as months_left) l
  left join orderd.site s on s.code = c.customer_site_code
  left join orderd."order" o on o.id = c.order_id
  left join orderd.batch b on b.id = o.batch_id;
comment on column report.charge.price_known is '価格が分かっているか。False: a price of the product is not known, and the amounts that need it are empty.';
comment on column report.charge_forecast.price_known is '価格が分かっているか。False: a price of the product is not known, and the amounts that need it are empty.';

create or replace view report.contract as
select c.customer_site_code, s.name as customer_site_name, s.case_name, s.status as site_status, c.product_code, c.product_name,
       case c.product_type when 1 then 'main' else case when c.product_type is not null then 'option' end end as product_type,
       c.start_on as opened_on, c.end_on as ended_on, c.purchase_price, c.monthly_price, c.shortest_period,
       (c.first_month + make_interval(months => coalesce(c.shortest_period, 0) + 1))::date - 1 as minimum_until,
       l.months_left, case when l.months_left = 0 then 0 else l.months_left * c.monthly_price end as amount_at_risk,
       o.request_key, o.order_code, b.name as batch_name, c.order_id is not null as ordered_here,
       c.monthly_price is not null and c.purchase_price is not null as price_known
  from orderd.contract c
 cross join lateral (select case when c.end_on is null
                                 then greatest(0, coalesce(c.shortest_period, 0) - greatest(0, orderd.months_between(c.first_month, report.today())))
                                 else 0 end as months_left) l
  left join orderd.site s on s.code = c.customer_site_code
  left join orderd."order" o on o.id = c.order_id
  left join orderd.batch b on b.id = o.batch_id;
comment on column report.contract.price_known is '価格が分かっているか。False: a price of the product is not known; amount_at_risk is empty where it needs it.';

-- Products that a complete list did not have: they go when the next complete one does not have them either.
alter table orderd.product add column missing_since timestamptz;
