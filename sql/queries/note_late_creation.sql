-- A settle time of $1 milliseconds has been proven too short. One row.
insert into orderd.setting values ('settle_time_too_short_ms', $1::bigint::text)
on conflict (name) do update set value = greatest(orderd.setting.value::bigint, excluded.value::bigint)::text
