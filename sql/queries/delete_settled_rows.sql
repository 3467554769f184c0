-- Deletes at most $2 rows of intake.order_row that were rejected, or had come before, more than $1 milliseconds ago. Index
-- order_row_settled.
delete from intake.order_row r
 where r.ctid = any (array(select s.ctid
                             from intake.order_row s
                            where s.state in ('rejected', 'duplicate') and s.taken_at < now() - $1::bigint * interval '1 millisecond'
                            order by s.taken_at
                            limit $2::int
                              for update skip locked))
returning r.id
