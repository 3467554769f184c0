-- What finance and reporting read. A column is only ever added. No secret is in any of it.
create schema report;

create view report.order_result as
select o.request_key, o.batch_id, b.name as batch_name, b.source, o.source_row,
       case o.order_type when 1 then 'start' when 2 then 'change' when 3 then 'cancel' end as order_type,
       o.state, o.customer_code, o.customer_site_name, o.case_name, o.line_id, o.product_codes, o.order_code,
       o.customer_site_code, o.provider_status,
       coalesce(o.error_code, case when o.state = 'rejected' then
           (select string_agg(f ->> 'rule', ', ') from jsonb_array_elements(o.findings) f where f ->> 'severity' = 'error') end) as error_code,
       coalesce(o.error_message, case when o.state = 'rejected' then
           (select string_agg(f ->> 'message_ja', ' ') from jsonb_array_elements(o.findings) f where f ->> 'severity' = 'error') end) as error_message,
       o.attempts, o.received_at, o.submitted_at, o.accepted_at, o.finished_at, o.application_date, o.hope_to_start_at,
       o.hope_to_end_at, o.global_ip, o.purchase_price, o.monthly_price, o.shortest_period, o.updated_at
  from orderd."order" o join orderd.batch b on b.id = o.batch_id;

comment on view report.order_result is 'One line for every row taken in, rejected ones included. 取り込んだ行ごとに1行（入力エラーを含む）。';
comment on column report.order_result.request_key is '管理番号。The buyer''s own key of the row.';
comment on column report.order_result.batch_id is 'バッチの番号。Number of the batch.';
comment on column report.order_result.batch_name is 'バッチ名（ファイル名など）。Name of the batch, from the file or the inserting program.';
comment on column report.order_result.source is 'csv: file, table: intake.order_row. 取込元。';
comment on column report.order_result.source_row is 'ファイルの行番号またはintake.order_row.id。Row number in the file (the header is row 1), or the id in intake.order_row.';
comment on column report.order_result.order_type is 'start 新規, change 変更, cancel 廃止.';
comment on column report.order_result.state is '状態。State of the order; the README lists them.';
comment on column report.order_result.customer_code is 'システムID。The provider''s customer code.';
comment on column report.order_result.customer_site_name is '拠点名。Name of the site.';
comment on column report.order_result.case_name is '案件名。Case name, which groups sites.';
comment on column report.order_result.line_id is '回線ID。Line identifier.';
comment on column report.order_result.product_codes is '商品コード（|区切り）。Product codes, separated by |.';
comment on column report.order_result.order_code is 'オーダー番号。The provider''s order number.';
comment on column report.order_result.customer_site_code is '保守番号。The provider''s site code.';
comment on column report.order_result.provider_status is '提供元のステータス: 1 進行中, 2 完了, 3 エラー, 4 キャンセル済, 5 一部エラー. The provider''s status, as it came.';
comment on column report.order_result.error_code is 'エラーコード（提供元のコードまたは規則名）。The provider''s error code, or the rules that rejected the row.';
comment on column report.order_result.error_message is 'エラー内容。What went wrong, in words.';
comment on column report.order_result.attempts is '送信回数。How many times it was sent.';
comment on column report.order_result.received_at is '受付日時。When the row was taken in.';
comment on column report.order_result.submitted_at is '送信日時。When it was last sent.';
comment on column report.order_result.accepted_at is '提供元の受付日時。When the provider accepted it.';
comment on column report.order_result.finished_at is '終了日時。When it reached its end.';
comment on column report.order_result.application_date is '申込日（YYYYMMDD）。The provider''s application date.';
comment on column report.order_result.hope_to_start_at is '開通希望日（YYYYMMDD）。Wanted opening day.';
comment on column report.order_result.hope_to_end_at is '廃止希望日。Wanted day or month of the end.';
comment on column report.order_result.global_ip is 'グローバルIP。Global IP address.';
comment on column report.order_result.purchase_price is '初期費用の合計（円、受付時の価格）。Initial fees, yen, at the prices when the row was taken in.';
comment on column report.order_result.monthly_price is '月額費用の合計（円、受付時の価格）。Monthly fees, yen, at the prices when the row was taken in.';
comment on column report.order_result.shortest_period is '最低利用期間（月）。Minimum period in months.';
comment on column report.order_result.updated_at is '最終更新日時。When the line last changed.';

create view report.rejection as
select o.batch_id, b.name as batch_name, o.source_row, o.request_key, f ->> 'field' as field, f ->> 'rule' as rule,
       f ->> 'message_ja' as message_ja, f ->> 'message_en' as message_en, o.received_at
  from orderd."order" o join orderd.batch b on b.id = o.batch_id
 cross join lateral jsonb_array_elements(o.findings) f
 where o.state = 'rejected' and f ->> 'severity' = 'error';

comment on view report.rejection is 'One line a finding of a rejected row. 入力エラーの指摘ごとに1行。';
comment on column report.rejection.batch_id is 'バッチの番号。Number of the batch.';
comment on column report.rejection.batch_name is 'バッチ名。Name of the batch.';
comment on column report.rejection.source_row is '行番号。Row in the file, or id in intake.order_row.';
comment on column report.rejection.request_key is '管理番号。The buyer''s own key.';
comment on column report.rejection.field is '項目。Column that is wrong; empty for the whole row.';
comment on column report.rejection.rule is '規則名。Identifier of the rule.';
comment on column report.rejection.message_ja is '指摘（日本語）。What is wrong, in Japanese.';
comment on column report.rejection.message_en is '指摘（英語）。What is wrong, in English.';
comment on column report.rejection.received_at is '受付日時。When the row was taken in.';

create view report.batch as
select b.id as batch_id, b.name as batch_name, b.source, b.received_at, b.rows_taken, b.rows_rejected, b.rows_duplicate,
       count(o.id) filter (where o.state in ('received', 'awaiting_approval', 'ready', 'submitting', 'in_doubt', 'held')) as waiting,
       count(o.id) filter (where o.state = 'accepted') as in_progress,
       count(o.id) filter (where o.state = 'completed') as completed,
       count(o.id) filter (where o.state in ('failed', 'cancelled', 'partially_failed', 'refused', 'withdrawn')) as ended_otherwise,
       coalesce(sum(o.purchase_price) filter (where o.state <> 'rejected'), 0)::bigint as purchase_price,
       coalesce(sum(o.monthly_price) filter (where o.state <> 'rejected'), 0)::bigint as monthly_price
  from orderd.batch b left join orderd."order" o on o.batch_id = b.id
 group by b.id;

comment on view report.batch is 'One line a batch: how far it is and what it costs. バッチごとの進捗と費用。';
comment on column report.batch.batch_id is 'バッチの番号。Number of the batch.';
comment on column report.batch.batch_name is 'バッチ名。Name of the batch.';
comment on column report.batch.source is '取込元。csv or table.';
comment on column report.batch.received_at is '受付日時。When it was taken in.';
comment on column report.batch.rows_taken is '受け付けた行数。Rows that became orders.';
comment on column report.batch.rows_rejected is '入力エラーの行数。Rows that were rejected.';
comment on column report.batch.rows_duplicate is '重複していた行数。Rows that had come before and created nothing.';
comment on column report.batch.waiting is '未送信・確認中・保留。Not yet with the provider.';
comment on column report.batch.in_progress is '進行中。In progress at the provider.';
comment on column report.batch.completed is '完了。Completed.';
comment on column report.batch.ended_otherwise is '完了以外で終了。Ended in another way.';
comment on column report.batch.purchase_price is '初期費用の合計（円）。Initial fees, yen.';
comment on column report.batch.monthly_price is '月額費用の合計（円）。Monthly fees, yen.';

create view report.site as
select code as customer_site_code, name as customer_site_name, case_name, status, line_id, global_ip, start_at, end_at, read_at
  from orderd.site;

comment on view report.site is 'Sites as the provider last told them, without any key. 拠点（鍵情報は含みません）。';
comment on column report.site.customer_site_code is '保守番号。Site code.';
comment on column report.site.customer_site_name is '拠点名。Name.';
comment on column report.site.case_name is '案件名。Case name.';
comment on column report.site.status is '1 利用中 in use, 2 廃止済み ended.';
comment on column report.site.line_id is '回線ID。Line identifier.';
comment on column report.site.global_ip is 'グローバルIP。Global IP address.';
comment on column report.site.start_at is '設置日（YYYYMMDD）。Opening day.';
comment on column report.site.end_at is '廃止日（YYYYMMDD）。Day of the end.';
comment on column report.site.read_at is '取得日時。When it was read from the provider.';
