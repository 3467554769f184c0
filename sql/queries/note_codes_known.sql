-- A sweep that began $1 milliseconds ago has seen that the provider knows the codes of all orders that were accepted before, but for
-- those of the orders $2. One row, and as many as the array has elements.
insert into orderd.setting
select 'codes_known_until', least(now() - $1::bigint * interval '1 millisecond',
                                  (select min(accepted_at) - interval '1 microsecond' from orderd."order" where id = any($2::bigint[])))::text
on conflict (name) do update set value = greatest(orderd.setting.value::timestamptz, excluded.value::timestamptz)::text
