-- Records the verdict on rows that waited for the product catalogue, and gives those that changed. What is rejected has ended; its cells are kept for its author.
-- Primary keys.
with asked as (
    select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
                         $8::bigint[])
        as t (id, revision, to_state, event, findings, purchase_price, monthly_price, shortest_period)
), moved as (
    update orderd."order" o
       set state = a.to_state, revision = o.revision + 1, findings = a.findings::jsonb, fields = null,
           purchase_price = a.purchase_price, monthly_price = a.monthly_price, shortest_period = a.shortest_period::int,
           details = case when a.to_state <> 'rejected' then o.details end,
           finished_at = case when a.to_state = 'rejected' then now() end, updated_at = now()
      from asked a
     where o.id = a.id and o.revision = a.revision and o.state = 'received'
    returning o.id, o.batch_id, o.state, o.source_row, o.findings, o.state = a.to_state as changed
), logged as (
    insert into orderd.order_event (order_id, from_state, to_state, event, why)
    select m.id, 'received', m.state, a.event, 'the product catalogue was read' from moved m join asked a on a.id = m.id where m.changed
), cells as (
    delete from orderd.row_cells c using moved m where c.order_id = m.id and m.changed and m.state <> 'rejected'
), told as (
    update intake.order_row r set state = 'rejected', findings = m.findings
      from moved m where r.id = m.source_row and r.order_id = m.id and m.changed and m.state = 'rejected'
), counted as (
    update orderd.batch b set rows_taken = rows_taken - n, rows_rejected = rows_rejected + n
      from (select batch_id, count(*)::int as n from moved where changed and state = 'rejected' group by batch_id) r
     where b.id = r.batch_id
)
select id from moved where changed
