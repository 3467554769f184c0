-- Reserves a stretch of $1 microseconds on the line of requests that all instances share, and gives the microseconds until
-- it begins. What nobody used is gone; a clock that was set back cannot stop the line for longer than $2 microseconds. One row.
update orderd.request_rate
   set next_at = greatest(least(next_at, clock_timestamp() + $2::bigint * interval '1 microsecond'), clock_timestamp())
               + $1::bigint * interval '1 microsecond'
returning greatest(0, extract(epoch from next_at - $1::bigint * interval '1 microsecond' - clock_timestamp()) * 1000000)::bigint
