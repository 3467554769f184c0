-- Who hands over rows sees their own and gives only what is theirs to give; what is kept for a time is found in every table that
-- holds it; a line is the same line in capital and small letters. Daemons of 0.11.0 may run on while they are replaced.

-- Rights ------------------------------------------------------------------------------------------------------------------------
-- A row belongs to the login that inserted it (inserted_by) while it acts as the role it acted as then (inserted_as): SET ROLE
-- neither opens the rows of another login, nor those that the same login inserted as another role.
alter table intake.order_row add column inserted_as text;
alter table intake.approval add column inserted_as text;
comment on column intake.order_row.inserted_as is 'Written by the database: the role it acted as (SET ROLE). そのときのロール（自動記録）。';
comment on column intake.approval.inserted_as is 'Written by the database: the role it acted as (SET ROLE). そのときのロール（自動記録）。';
create or replace function intake.name_inserter() returns trigger language plpgsql as $$
begin
    new.inserted_by := session_user;
    new.inserted_as := current_user;
    return new;
end $$;

-- The daemon and those who may act as the owner of the tables see everything. Whoever asks cannot put names of its own before those
-- that are meant here; for the same reason the conditions below stand in the policies and not in a function.
create function intake.sees_all() returns boolean language sql stable parallel safe set search_path = pg_catalog, pg_temp as $$
    select exists (select from pg_roles where rolname = 'orderd_app' and pg_has_role(oid, 'usage'))
        or pg_has_role((select relowner from pg_class where oid = 'intake.order_row'::regclass), 'usage')
$$;

-- Rows of before 0.12.0 have no inserted_as: they belong to their login. Those without inserted_by belong to nobody.
alter table intake.order_row enable row level security;
create policy own_rows on intake.order_row for select using (inserted_by = session_user and coalesce(inserted_as, inserted_by) = current_user);
create policy handed_over on intake.order_row for insert with check (inserted_by = session_user and coalesce(inserted_as, inserted_by) = current_user);
create policy daemon on intake.order_row using ((select intake.sees_all())) with check ((select intake.sees_all()));
alter table intake.approval enable row level security;
create policy own_rows on intake.approval for select using (inserted_by = session_user and coalesce(inserted_as, inserted_by) = current_user);
create policy handed_over on intake.approval for insert with check (inserted_by = session_user and coalesce(inserted_as, inserted_by) = current_user);
create policy daemon on intake.approval using ((select intake.sees_all())) with check ((select intake.sees_all()));

-- What became of each row, live: of one's own rows. Of a row that came before the order is only told where it was one's own, too.
create or replace view intake.row_status with (security_barrier = true) as
select r.id, r.batch_name, r.request_key, r.state as row_state, r.findings, r.order_id, o.state as order_state, o.order_code,
       o.customer_site_code, o.error_code, o.error_message, r.inserted_at, o.updated_at
  from intake.order_row r
  left join orderd."order" o
    on o.id = r.order_id
   and ((select intake.sees_all())
        or exists (select from intake.order_row f
                    where f.id = o.source_row and f.order_id = o.id
                      and f.inserted_by = session_user and coalesce(f.inserted_as, f.inserted_by) = current_user))
 where (select intake.sees_all()) or (r.inserted_by = session_user and coalesce(r.inserted_as, r.inserted_by) = current_user);

do $$
begin
    if exists (select from pg_roles where rolname = 'orderd_intake') then
        revoke all on intake.order_row from orderd_intake;
        grant select on intake.order_row to orderd_intake;
        grant insert (batch_name, brought_by, request_key, order_type, customer_code, customer_site_name, case_name, line_id,
                      line_access_key, hope_to_open_at, product_codes, installation_zip_code, installation_prefectures,
                      installation_address, installation_company_name, installation_department_name, installation_client_name,
                      installation_tel, terminal_zip_code, terminal_prefectures, terminal_address, terminal_company_name,
                      terminal_department_name, terminal_client_name, terminal_tel, terminal_hope_to_at, lan_network_address,
                      lan_interface_address, dhcp_how_to_use, dhcp_start_address, dhcp_end_address, dhcp_dns1, dhcp_dns2,
                      customer_site_code, change_products, hope_to_end_at, overwrite_check_flag, submit_after)
              on intake.order_row to orderd_intake;
    end if;
end $$;

-- Keeping -----------------------------------------------------------------------------------------------------------------------
-- Rows that were rejected after they had waited for the catalogue never got the moment of their end, and what ends without one is
-- never looked at again. Everything that has ended is looked at anew: older releases left something of it in other tables.
update orderd."order" set finished_at = updated_at
 where finished_at is null and state in ('rejected', 'completed', 'failed', 'cancelled', 'partially_failed', 'refused', 'withdrawn');
update orderd."order" set details = null where state = 'rejected' and details is not null;
delete from orderd.setting where name in ('events_deleted_until', 'details_emptied_until', 'rejected_deleted_until');
-- The rows that such orders were made of; orders that are gone were rejected ones.
update intake.order_row r set state = 'rejected'
 where r.state = 'taken' and not exists (select from orderd."order" o where o.id = r.order_id and o.state <> 'rejected');
create index order_row_settled on intake.order_row (taken_at) where state in ('rejected', 'duplicate');

-- A text as JSON writes it that keeps to ASCII; `digits` are those of a hexadecimal number.
create function orderd.json_ascii(value text, digits text) returns text language sql immutable parallel safe as $$
    select coalesce(string_agg(case when ascii(c) between 128 and 65535
                                    then '\u' || translate(lpad(to_hex(ascii(c)), 4, '0'), '0123456789abcdef', digits)
                                    when c in ('"', '\') then '\' || c
                                    else c end, '' order by n), '')
      from regexp_split_to_table(value, '') with ordinality as t (c, n)
$$;
-- `words` with each of `hidden` struck out, however JSON may write it.
create function orderd.struck_out(words text, hidden text[]) returns text language plpgsql immutable parallel safe as $$
declare
    one text;
begin
    if words is null then
        return null;
    end if;
    foreach one in array hidden loop
        words := replace(words, one, '***');
        words := replace(words, orderd.json_ascii(one, '0123456789abcdef'), '***');
        words := replace(words, orderd.json_ascii(one, '0123456789ABCDEF'), '***');
    end loop;
    return words;
end $$;
-- The values of an order that name persons or places, or open its line: what nobody repeats when its details are emptied. The
-- places of `details` are those of src/store/order_details.cpp.
create function orderd.personal_values(details text) returns text[] language sql immutable parallel safe as $$
    select coalesce(array_agg(distinct value), '{}')
      from jsonb_array_elements_text(coalesce(details, '[]')::jsonb) with ordinality as t (value, place)
     where place in (1, 2, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15) and char_length(value) > 1
$$;

-- Lines -------------------------------------------------------------------------------------------------------------------------
-- From now on a line is kept in capital letters; orders that were sent keep it as they were sent with it, and are found by their
-- natural key. Where one line has two live orders already, one of them keeps its key as it is.
update orderd."order" o set natural_key = 'start:' || upper(substr(natural_key, 7) collate "C")
 where order_type = 1 and substr(natural_key, 7) <> upper(substr(natural_key, 7) collate "C")
   and not (state in ('received', 'awaiting_approval', 'ready', 'submitting', 'in_doubt', 'accepted', 'held')
            and exists (select from orderd."order" other
                         where other.id <> o.id and other.order_type = 1
                           and other.state in ('received', 'awaiting_approval', 'ready', 'submitting', 'in_doubt', 'accepted', 'held')
                           and upper(other.natural_key collate "C") = upper(o.natural_key collate "C")
                           and (other.id < o.id or substr(other.natural_key, 7) = upper(substr(o.natural_key, 7) collate "C"))));

create index site_in_use_same_line on orderd.site (upper(line_id collate "C")) where status = '1';
drop index orderd.site_in_use_line;
-- What was ordered here against what the provider has. Each line is one thing that a person should look into.
create or replace view report.difference as
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
   and exists (select from orderd.site other where upper(other.line_id collate "C") = upper(s.line_id collate "C") and other.status = '1' and other.code <> s.code);
