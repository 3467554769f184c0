-- Which of the orders $1 still are in the revision $2 and state $3 that instance $4, which lives, wanted to move them from: somebody's
-- trigger kept them as they were. Primary key; as many rows as the arrays have elements.
select o.id
  from unnest($1::bigint[], $2::int[], $3::text[]) as a (id, revision, state)
  join orderd."order" o on o.id = a.id and o.revision = a.revision and o.state = a.state
 where $4::bigint = 0 or exists (select from orderd.instance i where i.id = $4::bigint and i.lost_at is null)
