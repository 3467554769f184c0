-- Everything that ended until $2, there up to row $3, has been looked at for the purpose $1. One row.
insert into orderd.kept_through (purpose, ended_at, id) values ($1, $2, $3)
on conflict (purpose) do update set ended_at = excluded.ended_at, id = excluded.id
