-- Lines about orders that came in: of order $1, or of the orders $1 to $2, in state $3. As many rows as the arrays have elements.
insert into orderd.order_event (order_id, through_order_id, to_state, event)
select first, nullif(last, first), state, 'taken_in'
  from unnest($1::bigint[], $2::bigint[], $3::text[]) as t (first, last, state)
