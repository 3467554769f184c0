-- Whose waiting rows are taken next when those of $1 were taken last: the next login by name, or the first. Index
-- order_row_waiting_of; two probes.
select coalesce((select coalesce(inserted_by, '') from intake.order_row
                  where state = 'received' and coalesce(inserted_by, '') > $1::text order by coalesce(inserted_by, '') limit 1),
                (select coalesce(inserted_by, '') from intake.order_row
                  where state = 'received' order by coalesce(inserted_by, '') limit 1))
