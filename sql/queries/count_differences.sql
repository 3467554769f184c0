-- Counts what was ordered against what the provider has, by kind, and keeps the counts for the metrics. Reads all sites,
-- contracts and finished orders once.
with found as (
    select k.kind, count(d.kind) as count
      from unnest(array['site_without_order', 'order_without_site', 'site_vanished', 'product_missing', 'product_not_ordered',
                        'ended_still_charged', 'cancelled_still_in_use', 'line_twice']) k (kind)
      left join report.difference d on d.kind = k.kind
     group by k.kind
), kept as (
    insert into orderd.difference_count (kind, count) select kind, count from found
    on conflict (kind) do update set count = excluded.count, counted_at = now()
)
select kind, count from found order by kind
