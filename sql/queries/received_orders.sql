-- Rows that wait to be judged, from after order $1, at most $2 and without orders $3. Index order_received.
select id, revision, fields from orderd."order" where state = 'received' and id > $1::bigint and id <> all ($3::bigint[]) order by id limit $2::int
