-- What finance and the site teams read. Amounts are whole yen and add up; a column is only ever added. No secret is in any of it.

create function report.today() returns date language sql stable parallel safe as $$
    select (now() at time zone 'Asia/Tokyo')::date
$$;
comment on function report.today is 'The day it is in Japan. 日本の今日の日付。';

create view report.product_price as
select h.code as product_code, h.name as product_name, case h.type when 1 then 'main' else 'option' end as product_type, h.purchase_price,
       h.monthly_price, h.shortest_period, nullif(h.valid_from, '-infinity') as valid_from, h.valid_to, h.ended_by
  from orderd.product_history h;

create view report.order_product as
select o.request_key, o.batch_id, b.name as batch_name, o.source_row,
       case o.order_type when 1 then 'start' when 2 then 'change' end as order_type, o.state, o.order_code, o.customer_site_code,
       o.customer_site_name, o.case_name, l.product_code, l.change, p.name as product_name,
       case p.type when 1 then 'main' else case when p.type is not null then 'option' end end as product_type,
       case when l.change = 'add' then p.purchase_price else 0 end as purchase_price,
       case when l.change = 'add' then p.monthly_price else 0 end as monthly_price,
       p.shortest_period, o.accepted_at is not null as frozen, o.received_at, o.accepted_at, o.finished_at
  from orderd."order" o
  join orderd.batch b on b.id = o.batch_id
 cross join lateral (
       select case when o.order_type = 1 then w.word else substr(w.word, strpos(w.word, ':') + 1) end as product_code,
              case when o.order_type = 2 and w.word like '3:%' then 'remove' else 'add' end as change
         from unnest(string_to_array(o.product_codes, '|')) w (word)) l
  -- What orderd.product_at says, written out: a function would read with the rights of whoever asks.
  left join lateral (
       select h.name, h.type, h.purchase_price, h.monthly_price, h.shortest_period
         from orderd.product_history h
        where h.code = l.product_code
        order by h.valid_from <= coalesce(o.accepted_at, now()) desc,
                 case when h.valid_from <= coalesce(o.accepted_at, now()) then h.valid_from end desc, h.valid_from
        limit 1) p on true
 where o.state <> 'rejected' and o.order_type in (1, 2);

create view report.charge as
select * from orderd.charge_line where month <= date_trunc('month', now() at time zone 'Asia/Tokyo')::date;

create view report.charge_forecast as
select * from orderd.charge_line
 where month > date_trunc('month', now() at time zone 'Asia/Tokyo')::date
   and month <= (date_trunc('month', now() at time zone 'Asia/Tokyo') + interval '12 months')::date;

create view report.contract as
select c.customer_site_code, s.name as customer_site_name, s.case_name, s.status as site_status, c.product_code, c.product_name,
       case c.product_type when 1 then 'main' else case when c.product_type is not null then 'option' end end as product_type,
       c.start_on as opened_on, c.end_on as ended_on, c.purchase_price, c.monthly_price, c.shortest_period,
       (c.first_month + make_interval(months => coalesce(c.shortest_period, 0) + 1))::date - 1 as minimum_until,
       l.months_left, l.months_left * coalesce(c.monthly_price, 0) as amount_at_risk,
       o.request_key, o.order_code, b.name as batch_name, c.order_id is not null as ordered_here
  from orderd.contract c
 cross join lateral (select case when c.end_on is null
                                 then greatest(0, coalesce(c.shortest_period, 0) - greatest(0, orderd.months_between(c.first_month, report.today())))
                                 else 0 end as months_left) l
  left join orderd.site s on s.code = c.customer_site_code
  left join orderd."order" o on o.id = c.order_id
  left join orderd.batch b on b.id = o.batch_id;

create view report.opening as
select c.customer_site_code, s.name as customer_site_name, s.case_name, s.prefecture, s.line_id, c.product_code, c.product_name,
       b.name as batch_name, o.request_key, o.order_code, o.received_at, o.accepted_at, c.start_on as opened_on,
       c.start_on - orderd.day_in_japan(o.received_at) as days, c.start_on - orderd.day_in_japan(coalesce(o.accepted_at, o.received_at)) as days_at_provider
  from orderd.contract c
  join orderd."order" o on o.id = c.order_id and o.order_type = 1
  left join orderd.site s on s.code = c.customer_site_code
  left join orderd.batch b on b.id = o.batch_id
 where c.product_type = 1;

create view report.lead_time as
select date_trunc('month', opened_on::timestamp)::date as opened_month, product_code, max(product_name) as product_name, prefecture,
       count(*) as openings, min(days) as days_min, round(avg(days), 1) as days_average,
       percentile_disc(0.5) within group (order by days) as days_median, percentile_disc(0.9) within group (order by days) as days_90_percent,
       max(days) as days_max, round(avg(days_at_provider), 1) as days_at_provider_average
  from report.opening
 group by 1, 2, 4;

create view report.error_summary as
select b.id as batch_id, b.name as batch_name, b.received_at, o.state, o.error_code, min(o.error_message) as example, count(*) as orders,
       count(*) as findings, min(o.updated_at) as first_at, max(o.updated_at) as last_at
  from orderd.batch b join orderd."order" o on o.batch_id = b.id
 where o.state in ('refused', 'failed', 'partially_failed', 'cancelled', 'held')
 group by b.id, o.state, o.error_code
union all
select b.id, b.name, b.received_at, 'rejected', f.rule, min(f.message), count(distinct o.id), count(*), min(o.received_at), max(o.received_at)
  from orderd.batch b join orderd."order" o on o.batch_id = b.id
 cross join lateral (select f ->> 'rule' as rule, f ->> 'message_ja' as message, f ->> 'severity' as severity from jsonb_array_elements(o.findings) f) f
 where o.state = 'rejected' and f.severity = 'error'
 group by b.id, f.rule;

create view report.approval as
select a.batch_id, b.name as batch_name, a.at, a.decision, a.decided_by, a.channel, a.orders, a.purchase_price, a.monthly_price,
       a.first_year_price, a.why, array_to_string(b.brought_by, ', ') as brought_by
  from orderd.approval a left join orderd.batch b on b.id = a.batch_id;

create or replace view report.batch as
select b.id as batch_id, b.name as batch_name, b.source, b.received_at, b.rows_taken, b.rows_rejected, b.rows_duplicate,
       coalesce(sum(t.orders) filter (where t.state in ('received', 'awaiting_approval', 'ready', 'submitting', 'in_doubt', 'held')), 0)::bigint as waiting,
       coalesce(sum(t.orders) filter (where t.state = 'accepted'), 0)::bigint as in_progress,
       coalesce(sum(t.orders) filter (where t.state = 'completed'), 0)::bigint as completed,
       coalesce(sum(t.orders) filter (where t.state in ('failed', 'cancelled', 'partially_failed', 'refused', 'withdrawn')), 0)::bigint as ended_otherwise,
       coalesce(sum(t.purchase_price) filter (where t.state <> 'rejected'), 0)::bigint as purchase_price,
       coalesce(sum(t.monthly_price) filter (where t.state <> 'rejected'), 0)::bigint as monthly_price,
       b.paused_at,
       coalesce(sum(t.purchase_price + 12 * t.monthly_price) filter (where t.state <> 'rejected'), 0)::bigint as first_year_price,
       coalesce(sum(t.orders) filter (where t.state = 'awaiting_approval'), 0)::bigint as awaiting_approval,
       array_to_string(b.brought_by, ', ') as brought_by
  from orderd.batch b left join orderd.tally_now t on t.batch_id = b.id
 group by b.id;

create or replace view report.site as
select code as customer_site_code, name as customer_site_name, case_name, status, line_id, global_ip, start_at, end_at, read_at, prefecture,
       since as told_since
  from orderd.site;

-- What was ordered here against what the provider has. Each line is one thing that a person should look into.
create view report.difference as
with operation as (
    select o.id, o.customer_site_code, o.finished_at, o.state, p as product_code, true as added
      from orderd."order" o cross join lateral unnest(string_to_array(o.product_codes, '|')) p
     where o.order_type = 1 and o.state in ('completed', 'partially_failed') and o.customer_site_code is not null
    union all
    select o.id, o.customer_site_code, o.finished_at, o.state, substr(p, strpos(p, ':') + 1), p not like '3:%'
      from orderd."order" o cross join lateral unnest(string_to_array(o.product_codes, '|')) p
     where o.order_type = 2 and o.state in ('completed', 'partially_failed') and o.customer_site_code is not null
), ordered as (
    select distinct on (customer_site_code, product_code) customer_site_code, product_code, added, id, finished_at, state
      from operation order by customer_site_code, product_code, finished_at desc, id desc
), open_contract as (
    select customer_site_code, product_code, max(product_name) as product_name, min(start_on) as start_on
      from orderd.contract where end_on is null group by 1, 2
)
select 'site_without_order' as kind, s.code as customer_site_code, s.name as customer_site_name, s.line_id, null as request_key, null as order_code,
       null as product_code, orderd.day_of(s.start_at) as since,
       'この拠点は提供元で利用中ですが、ここから注文した記録がありません。' as message_ja,
       'the site is in use at the provider, and no order for it is known here' as message_en
  from orderd.site s
 where s.status = '1'
   and not exists (select from orderd."order" o
                    where o.customer_site_code = s.code and o.order_type = 1 and o.state in ('accepted', 'completed', 'partially_failed'))
union all
select 'order_without_site', o.customer_site_code, o.customer_site_name, o.line_id, o.request_key, o.order_code, null, orderd.day_in_japan(o.finished_at),
       '新規オーダは完了していますが、提供元に拠点がありません。', 'the start order has completed, and the provider has no such site'
  from orderd."order" o
 where o.order_type = 1 and o.state = 'completed' and o.finished_at < now() - interval '1 hour'
   and not exists (select from orderd.site s where s.code = o.customer_site_code)
union all
select 'site_vanished', s.code, s.name, s.line_id, null, null, null, orderd.day_in_japan(s.read_at),
       '利用中だった拠点が、提供元の拠点一覧にありません。', 'the site was in use, and the provider lists it no longer'
  from orderd.site s
 where s.status = '1' and s.read_at < (select value::timestamptz from orderd.setting where name = 'sites_listed_from')
union all
select 'product_missing', s.code, s.name, s.line_id, o.request_key, o.order_code, w.product_code, orderd.day_in_japan(w.finished_at),
       '注文した商品が提供元の契約にありません。', 'the product was ordered, and is not in the provider''s contracts of the site'
  from ordered w
  join orderd.site s on s.code = w.customer_site_code and s.status = '1' and s.detail_read_at > w.finished_at
  join orderd."order" o on o.id = w.id
 where w.added and w.state = 'completed' and not exists (select from open_contract c where c.customer_site_code = w.customer_site_code and c.product_code = w.product_code)
union all
select 'product_not_ordered', s.code, s.name, s.line_id, null, null, c.product_code, c.start_on,
       '提供元の契約にある商品ですが、注文した記録がない、または廃止済みです。', 'the product is in the provider''s contracts of the site, and was not ordered, or was removed'
  from open_contract c
  join orderd.site s on s.code = c.customer_site_code and s.status = '1'
  left join ordered w on w.customer_site_code = c.customer_site_code and w.product_code = c.product_code
 where not coalesce(w.added, false) and (w.id is null or s.detail_read_at > w.finished_at)
   and exists (select from orderd."order" o
                where o.customer_site_code = c.customer_site_code and o.order_type = 1 and o.state in ('completed', 'partially_failed'))
union all
select 'ended_still_charged', s.code, s.name, s.line_id, null, null, c.product_code, orderd.day_of(s.end_at),
       '拠点は廃止済みですが、課金が終了していません。', 'the site has ended, and the provider goes on charging for the product'
  from orderd.site s
  join orderd.contract c on c.customer_site_code = s.code
 where s.status = '2' and s.detail_read_at >= s.since and (c.end_on is null or c.end_on > greatest(orderd.day_of(s.end_at), orderd.day_in_japan(s.read_at)))
union all
select 'cancelled_still_in_use', s.code, s.name, s.line_id, o.request_key, o.order_code, null, orderd.day_of(o.hope_to_end_at),
       '廃止オーダは完了し廃止希望日を過ぎましたが、拠点は利用中です。', 'the cancel order has completed and its day has passed, and the site is still in use'
  from orderd."order" o
  join orderd.site s on s.code = o.customer_site_code and s.status = '1' and s.read_at > o.finished_at
 where o.order_type = 3 and o.state = 'completed' and orderd.day_of(o.hope_to_end_at) < orderd.day_in_japan(s.read_at)
union all
select 'line_twice', s.code, s.name, s.line_id, o.request_key, o.order_code, null, orderd.day_of(s.start_at),
       '同じ回線IDで複数の拠点が利用中です。', 'several sites are in use on the same line'
  from orderd.site s
  left join lateral (select o.request_key, o.order_code from orderd."order" o
                      where o.customer_site_code = s.code and o.order_type = 1 and o.state in ('completed', 'partially_failed') order by o.id desc limit 1) o on true
 where s.status = '1' and s.line_id <> ''
   and exists (select from orderd.site other where other.line_id = s.line_id and other.status = '1' and other.code <> s.code);

comment on view report.product_price is 'Catalogue with its history: what a product cost, from when to when. 商品の価格と履歴。';
comment on column report.product_price.product_code is '商品コード。Product code.';
comment on column report.product_price.product_name is '商品名。Name of the product.';
comment on column report.product_price.product_type is 'main 主商品, option オプション.';
comment on column report.product_price.purchase_price is '初期費用（円）。Initial fee, yen.';
comment on column report.product_price.monthly_price is '月額費用（円）。Monthly fee, yen.';
comment on column report.product_price.shortest_period is '最低利用期間（月）。Minimum period in months.';
comment on column report.product_price.valid_from is '適用開始。Valid since; empty: since before it was first read.';
comment on column report.product_price.valid_to is '適用終了。Valid until; empty: valid now.';
comment on column report.product_price.ended_by is 'price 価格変更, other その他の変更, vanished 販売終了. Why the line ended.';

comment on view report.order_product is 'One line a product of an order, at the prices of the day when the provider accepted the order. オーダの商品ごとに1行（受付時の価格）。';
comment on column report.order_product.request_key is '管理番号。The buyer''s own key of the row.';
comment on column report.order_product.batch_id is 'バッチの番号。Number of the batch.';
comment on column report.order_product.batch_name is 'バッチ名。Name of the batch.';
comment on column report.order_product.source_row is '行番号。Row in the file (the header is row 1), or id in intake.order_row.';
comment on column report.order_product.order_type is 'start 新規, change 変更, cancel 廃止.';
comment on column report.order_product.state is '状態。State of the order; the README lists them.';
comment on column report.order_product.order_code is 'オーダー番号。The provider''s order number.';
comment on column report.order_product.customer_site_code is '保守番号。The provider''s site code.';
comment on column report.order_product.customer_site_name is '拠点名。Name of the site.';
comment on column report.order_product.case_name is '案件名。Case name, which groups sites.';
comment on column report.order_product.product_code is '商品コード。Product code.';
comment on column report.order_product.change is 'add 追加, remove 廃止. Removing costs nothing and has amounts of 0.';
comment on column report.order_product.product_name is '商品名。Name of the product.';
comment on column report.order_product.product_type is 'main 主商品, option オプション.';
comment on column report.order_product.purchase_price is '初期費用（円）。提供元が受け付けた日の価格。Initial fee, yen, at the price of the day of acceptance; until then today''s.';
comment on column report.order_product.monthly_price is '月額費用（円）。提供元が受け付けた日の価格。Monthly fee, yen, at the price of the day of acceptance; until then today''s.';
comment on column report.order_product.shortest_period is '最低利用期間（月）。Minimum period in months.';
comment on column report.order_product.frozen is '価格が確定しているか。Whether the price is that of acceptance and stays.';
comment on column report.order_product.received_at is '受付日時。When it was taken in.';
comment on column report.order_product.accepted_at is '提供元の受付日時。When the provider accepted the order.';
comment on column report.order_product.finished_at is '終了日時。When the order reached its end.';

comment on view report.charge is 'What the provider charges, month by month, site and product; up to this month. From what the provider tells of sites. 月別・拠点別・商品別の請求見込（当月まで）。';
comment on column report.charge.month is '請求月（月初日）。First day of the month.';
comment on column report.charge.customer_site_code is '保守番号。The provider''s site code.';
comment on column report.charge.customer_site_name is '拠点名。Name of the site.';
comment on column report.charge.case_name is '案件名。Case name, which groups sites.';
comment on column report.charge.batch_name is 'バッチ名。Name of the batch.';
comment on column report.charge.request_key is '管理番号。The buyer''s own key of the row.';
comment on column report.charge.order_code is 'オーダー番号。The provider''s order number.';
comment on column report.charge.product_code is '商品コード。Product code.';
comment on column report.charge.product_name is '商品名。Name of the product.';
comment on column report.charge.opened_on is '課金開始日（開通日）。Day of the opening, when the provider begins to charge.';
comment on column report.charge.ended_on is '課金終了日。Day of the end; empty: goes on.';
comment on column report.charge.initial_fee is '初期費用（円）。開通月に計上。Initial fee, yen; in the month of the opening.';
comment on column report.charge.monthly_fee is '月額費用（円）。開通の翌月から終了月まで。Monthly fee, yen; from the month after the opening to that of the end.';
comment on column report.charge.amount is '合計（円）。initial_fee + monthly_fee.';
comment on column report.charge.months_left is '最低利用期間の残り（月）。終了月のみ。Months of the minimum period that are left, in the month of the end.';
comment on column report.charge.amount_at_risk is '違約金の対象になり得る額（円）。残り月数×月額。Months left times the monthly fee, yen; not part of amount.';
comment on column report.charge.ordered_here is 'ここから注文したものか。Whether an order known here brought it.';
comment on column report.charge.price_known is '価格が分かっているか。False: the product was never in the catalogue, and counts as 0.';

comment on view report.charge_forecast is 'The next twelve months, if nothing changes; columns as in report.charge. 今後12か月の請求予測。';
comment on column report.charge_forecast.month is '請求月（月初日）。First day of the month.';
comment on column report.charge_forecast.customer_site_code is '保守番号。The provider''s site code.';
comment on column report.charge_forecast.customer_site_name is '拠点名。Name of the site.';
comment on column report.charge_forecast.case_name is '案件名。Case name, which groups sites.';
comment on column report.charge_forecast.batch_name is 'バッチ名。Name of the batch.';
comment on column report.charge_forecast.request_key is '管理番号。The buyer''s own key of the row.';
comment on column report.charge_forecast.order_code is 'オーダー番号。The provider''s order number.';
comment on column report.charge_forecast.product_code is '商品コード。Product code.';
comment on column report.charge_forecast.product_name is '商品名。Name of the product.';
comment on column report.charge_forecast.opened_on is '課金開始日（開通日）。Day of the opening, when the provider begins to charge.';
comment on column report.charge_forecast.ended_on is '課金終了日。Day of the end; empty: goes on.';
comment on column report.charge_forecast.initial_fee is '初期費用（円）。開通月に計上。Initial fee, yen; in the month of the opening.';
comment on column report.charge_forecast.monthly_fee is '月額費用（円）。開通の翌月から終了月まで。Monthly fee, yen; from the month after the opening to that of the end.';
comment on column report.charge_forecast.amount is '合計（円）。initial_fee + monthly_fee.';
comment on column report.charge_forecast.months_left is '最低利用期間の残り（月）。終了月のみ。Months of the minimum period that are left, in the month of the end.';
comment on column report.charge_forecast.amount_at_risk is '違約金の対象になり得る額（円）。残り月数×月額。Months left times the monthly fee, yen; not part of amount.';
comment on column report.charge_forecast.ordered_here is 'ここから注文したものか。Whether an order known here brought it.';
comment on column report.charge_forecast.price_known is '価格が分かっているか。False: the product was never in the catalogue, and counts as 0.';

comment on view report.contract is 'What the provider has at each site, with what ending it today would cost. 拠点の契約と、今解約した場合の残り。';
comment on column report.contract.customer_site_code is '保守番号。The provider''s site code.';
comment on column report.contract.customer_site_name is '拠点名。Name of the site.';
comment on column report.contract.case_name is '案件名。Case name, which groups sites.';
comment on column report.contract.site_status is '1 利用中 in use, 2 廃止済み ended.';
comment on column report.contract.product_code is '商品コード。Product code.';
comment on column report.contract.product_name is '商品名。Name of the product.';
comment on column report.contract.product_type is 'main 主商品, option オプション.';
comment on column report.contract.opened_on is '課金開始日（開通日）。Day of the opening, when the provider begins to charge.';
comment on column report.contract.ended_on is '課金終了日。Day of the end; empty: goes on.';
comment on column report.contract.purchase_price is '初期費用（円）。Initial fee, yen.';
comment on column report.contract.monthly_price is '月額費用（円）。Monthly fee, yen.';
comment on column report.contract.shortest_period is '最低利用期間（月）。Minimum period in months.';
comment on column report.contract.minimum_until is '最低利用期間の最終日。Last day of the minimum period.';
comment on column report.contract.months_left is '今月で終了した場合の最低利用期間の残り（月）。Months of the minimum period left if it ended this month.';
comment on column report.contract.amount_at_risk is '今月で終了した場合に違約金の対象になり得る額（円）。Months left times the monthly fee, yen.';
comment on column report.contract.request_key is '管理番号。The buyer''s own key of the row.';
comment on column report.contract.order_code is 'オーダー番号。The provider''s order number.';
comment on column report.contract.batch_name is 'バッチ名。Name of the batch.';
comment on column report.contract.ordered_here is 'ここから注文したものか。Whether an order known here brought it.';

comment on view report.opening is 'One line an opened site: how long it took. 開通した拠点ごとの所要日数。';
comment on column report.opening.customer_site_code is '保守番号。The provider''s site code.';
comment on column report.opening.customer_site_name is '拠点名。Name of the site.';
comment on column report.opening.case_name is '案件名。Case name, which groups sites.';
comment on column report.opening.prefecture is '都道府県（提供元の設置先）。Prefecture of the installation, as the provider tells it; empty for partner CPE.';
comment on column report.opening.line_id is '回線ID。Line identifier.';
comment on column report.opening.product_code is '商品コード。Product code.';
comment on column report.opening.product_name is '商品名。Name of the product.';
comment on column report.opening.batch_name is 'バッチ名。Name of the batch.';
comment on column report.opening.request_key is '管理番号。The buyer''s own key of the row.';
comment on column report.opening.order_code is 'オーダー番号。The provider''s order number.';
comment on column report.opening.received_at is '受付日時。When it was taken in.';
comment on column report.opening.accepted_at is '提供元の受付日時。When the provider accepted the order.';
comment on column report.opening.opened_on is '課金開始日（開通日）。Day of the opening, when the provider begins to charge.';
comment on column report.opening.days is '受付から開通までの日数。Days from taken in to opened, in Japan.';
comment on column report.opening.days_at_provider is '提供元の受付から開通までの日数。Days from accepted by the provider to opened.';

comment on view report.lead_time is 'How long opening takes, by month, product and prefecture. 開通所要日数の統計。';
comment on column report.lead_time.opened_month is '開通月（月初日）。First day of the month of the opening.';
comment on column report.lead_time.product_code is '商品コード。Product code.';
comment on column report.lead_time.product_name is '商品名。Name of the product.';
comment on column report.lead_time.prefecture is '都道府県（提供元の設置先）。Prefecture of the installation, as the provider tells it; empty for partner CPE.';
comment on column report.lead_time.openings is '件数。Sites opened.';
comment on column report.lead_time.days_min is '最短日数。Shortest, days from taken in to opened.';
comment on column report.lead_time.days_average is '平均日数。Average.';
comment on column report.lead_time.days_median is '中央値。Half took at most so many days.';
comment on column report.lead_time.days_90_percent is '90パーセンタイル。Nine of ten took at most so many days.';
comment on column report.lead_time.days_max is '最長日数。Longest.';
comment on column report.lead_time.days_at_provider_average is '提供元での平均日数。Average from accepted by the provider to opened.';

comment on view report.error_summary is 'What went wrong, by batch and cause. バッチ別・原因別のエラー集計。';
comment on column report.error_summary.batch_id is 'バッチの番号。Number of the batch.';
comment on column report.error_summary.batch_name is 'バッチ名。Name of the batch.';
comment on column report.error_summary.received_at is 'バッチの受付日時。When the batch was taken in.';
comment on column report.error_summary.state is 'rejected 入力エラー, refused 受付拒否, failed エラー, …';
comment on column report.error_summary.error_code is 'エラーコードまたは規則名。The provider''s code, or the rule.';
comment on column report.error_summary.example is '例。One of the messages.';
comment on column report.error_summary.orders is '件数（行数）。Orders concerned.';
comment on column report.error_summary.findings is '指摘の数。Findings; a row may have several.';
comment on column report.error_summary.first_at is '最初。First time.';
comment on column report.error_summary.last_at is '最後。Last time.';

comment on view report.approval is 'Who approved or declined which batch, and what was seen. 承認・却下の記録。';
comment on column report.approval.batch_id is 'バッチの番号。Number of the batch.';
comment on column report.approval.batch_name is 'バッチ名。Name of the batch.';
comment on column report.approval.at is '日時。When.';
comment on column report.approval.decision is 'approved 承認, declined 却下.';
comment on column report.approval.decided_by is '承認者。Who decided.';
comment on column report.approval.channel is 'verb コマンド, page 画面, table intake.approval, rule 金額の基準以下.';
comment on column report.approval.orders is '対象のオーダ数。Orders decided about.';
comment on column report.approval.purchase_price is '初期費用の合計（円）。Initial fees, yen.';
comment on column report.approval.monthly_price is '月額費用の合計（円）。Monthly fees, yen.';
comment on column report.approval.first_year_price is '初年度費用（初期費用＋月額×12、円）。Initial fees and twelve monthly fees, yen.';
comment on column report.approval.why is '理由。Reason.';
comment on column report.approval.brought_by is '依頼者。Who brought the batch.';

comment on view report.difference is 'Books against the provider: each line is something to look into. 注文と提供元の差異。';
comment on column report.difference.kind is 'site_without_order, order_without_site, site_vanished, product_missing, product_not_ordered, ended_still_charged, cancelled_still_in_use, line_twice. 種別。';
comment on column report.difference.customer_site_code is '保守番号。The provider''s site code.';
comment on column report.difference.customer_site_name is '拠点名。Name of the site.';
comment on column report.difference.line_id is '回線ID。Line identifier.';
comment on column report.difference.request_key is '管理番号。The buyer''s own key of the row.';
comment on column report.difference.order_code is 'オーダー番号。The provider''s order number.';
comment on column report.difference.product_code is '商品コード。Product code.';
comment on column report.difference.since is 'いつから。Since when, as far as it is known.';
comment on column report.difference.message_ja is '説明（日本語）。In Japanese.';
comment on column report.difference.message_en is '説明（英語）。In English.';

comment on column report.batch.first_year_price is '初年度費用（初期費用＋月額×12、円）。Initial fees and twelve monthly fees, yen.';
comment on column report.batch.awaiting_approval is '承認待ち。Orders that wait for approval.';
comment on column report.batch.brought_by is '依頼者。Who brought it, where it is known.';
comment on column report.site.prefecture is '都道府県（提供元の設置先）。Prefecture of the installation, as the provider tells it; empty for partner CPE.';
comment on column report.site.told_since is 'この内容になった日時。Since when the provider has told it like this.';
comment on column report.order_result.purchase_price is '初期費用の合計（円）。提供元が受け付けた日の価格、それまでは最新の価格。Initial fees, yen, at the prices of the day of acceptance; until then the latest.';
comment on column report.order_result.monthly_price is '月額費用の合計（円）。提供元が受け付けた日の価格、それまでは最新の価格。Monthly fees, yen, at the prices of the day of acceptance; until then the latest.';

do $$
begin
    if exists (select from pg_roles where rolname = 'orderd_report') then
        grant select on all tables in schema report to orderd_report;
    end if;
    if exists (select from pg_roles where rolname = 'orderd_app') then
        grant select on all tables in schema report to orderd_app;
    end if;
end $$;
