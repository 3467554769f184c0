-- The same in the rows of intake.order_row that the orders $1, which have ended, were made of, and in its rows $2. Gives in how many
-- there was something. Nothing is quoted any more of the columns $3. Primary keys.
with rows as materialized (
    select o.source_row as id
      from orderd."order" o join intake.order_row r on r.id = o.source_row and r.order_id = o.id
     where o.id = any($1::bigint[]) and o.finished_at is not null
    union
    select unnest($2::bigint[])
), emptied as (
    update intake.order_row r
       set line_access_key = null, installation_zip_code = null, installation_prefectures = null, installation_address = null,
           installation_company_name = null, installation_department_name = null, installation_client_name = null, installation_tel = null,
           terminal_zip_code = null, terminal_prefectures = null, terminal_address = null, terminal_company_name = null,
           terminal_department_name = null, terminal_client_name = null, terminal_tel = null, terminal_hope_to_at = null,
           lan_network_address = null, lan_interface_address = null, dhcp_how_to_use = null, dhcp_start_address = null,
           dhcp_end_address = null, dhcp_dns1 = null, dhcp_dns2 = null, hope_to_end_at = null, overwrite_check_flag = null,
           findings = orderd.findings_without_values(findings, $3::text[])
      from rows
     where r.id = rows.id
       and (findings <> orderd.findings_without_values(findings, $3::text[])
            or num_nonnulls(line_access_key, installation_zip_code, installation_prefectures, installation_address,
                            installation_company_name, installation_department_name, installation_client_name, installation_tel,
                            terminal_zip_code, terminal_prefectures, terminal_address, terminal_company_name, terminal_department_name,
                            terminal_client_name, terminal_tel, terminal_hope_to_at, lan_network_address, lan_interface_address,
                            dhcp_how_to_use, dhcp_start_address, dhcp_end_address, dhcp_dns1, dhcp_dns2, hope_to_end_at,
                            overwrite_check_flag) > 0)
    returning r.id
)
select count(*) from emptied
