-- The rules that rejected rows of batch $1, among its next $3 rows after row $2: how many rows each, and one of its messages. Each line
-- says in which row those ended; without a rule when none was rejected among them, without that row when there are none. Index
-- order_batch; $3 rows.
with page as materialized (
    select id, source_row, state, findings from orderd."order" where batch_id = $1::bigint and source_row > $2::bigint order by source_row limit $3::int
)
select p.last, r.rule, r.rows, r.message_ja, r.message_en
  from (select max(source_row) as last from page) p
  left join (select f ->> 'rule' as rule, count(distinct o.id) as rows, min(f ->> 'message_ja') as message_ja, min(f ->> 'message_en') as message_en
               from page o cross join lateral jsonb_array_elements(o.findings) f
              where o.state = 'rejected' and f ->> 'severity' = 'error'
              group by 1) r on true
