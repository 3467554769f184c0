-- Empties what the orders $1, which have ended, hold beyond their columns: addresses, telephone numbers, the line access key, and the
-- cells of a file. Nothing is quoted any more of the columns $2. A rejected row may have any value in any column, since its cells may
-- have slid: all are emptied, and only the rules that it broke stay. Gives of how many orders there was something. Primary keys.
with ended as materialized (
    select id, state = 'rejected' as rejected, orderd.personal_values(details) as hidden,
           orderd.findings_without_values(findings, case when state <> 'rejected' then $2::text[] end) as told
      from orderd."order" where id = any($1::bigint[]) and finished_at is not null
), emptied as (
    update orderd."order" o
       set details = null, fields = null, error_message = orderd.struck_out(o.error_message, e.hidden), findings = e.told
      from ended e
     where o.id = e.id and not e.rejected and o.finished_at is not null
       and (o.details is not null or o.fields is not null or o.findings <> e.told)
    returning o.id
), rejected as (
    update orderd."order" o
       set request_key = '', customer_code = null, customer_site_name = null, case_name = null, line_id = null, product_codes = null,
           customer_site_code = null, hope_to_open_at = null, hope_to_start_at = null, hope_to_end_at = null, findings = e.told
      from ended e
     where o.id = e.id and e.rejected and (o.request_key <> '' or o.findings <> e.told)
    returning o.id
), cells as (
    delete from orderd.row_cells c using ended e where c.order_id = e.id returning c.order_id
)
select count(*) from (select id from emptied union select id from rejected union select order_id from cells) changed
