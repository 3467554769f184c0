-- Empties what the orders $1, which have ended, hold beyond their columns: addresses, telephone numbers, the line access key, wherever
-- a copy lies. What is found about one of the columns $2 quotes it. A rejected row keeps its cells for its author as long as it is kept.
-- Primary keys.
with ended as materialized (
    select id, source_row, orderd.personal_values(details) as hidden
      from orderd."order" where id = any($1::bigint[]) and finished_at is not null and state <> 'rejected'
), emptied as (
    update orderd."order" o
       set details = null, fields = null, error_message = orderd.struck_out(o.error_message, e.hidden),
           findings = (select coalesce(jsonb_agg(f), '[]') from jsonb_array_elements(o.findings) f where f ->> 'field' <> all ($2::text[]))
      from ended e where o.id = e.id and (o.details is not null or o.fields is not null or o.findings <> '[]')
), cells as (
    delete from orderd.row_cells c using ended e where c.order_id = e.id
)
update intake.order_row r
   set line_access_key = null, installation_zip_code = null, installation_prefectures = null, installation_address = null,
       installation_company_name = null, installation_department_name = null, installation_client_name = null, installation_tel = null,
       terminal_zip_code = null, terminal_prefectures = null, terminal_address = null, terminal_company_name = null,
       terminal_department_name = null, terminal_client_name = null, terminal_tel = null, terminal_hope_to_at = null,
       lan_network_address = null, lan_interface_address = null, dhcp_how_to_use = null, dhcp_start_address = null, dhcp_end_address = null,
       dhcp_dns1 = null, dhcp_dns2 = null, hope_to_end_at = null, overwrite_check_flag = null,
       findings = (select coalesce(jsonb_agg(f), '[]') from jsonb_array_elements(r.findings) f where f ->> 'field' <> all ($2::text[]))
  from ended e where r.id = e.source_row and r.order_id = e.id
