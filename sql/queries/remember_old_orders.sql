-- Everything that ended until $2 has been looked at under the name $1. One row.
insert into orderd.setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value
