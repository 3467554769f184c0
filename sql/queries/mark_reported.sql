-- The answer files of batch $1 tell what was true at $2; for good when nothing can move any more.
update orderd.batch b
   set reported_at = case when exists (select from orderd."order" o where o.batch_id = b.id
                                        and (o.state not in ('rejected', 'completed', 'failed', 'cancelled', 'partially_failed',
                                                             'refused', 'withdrawn') or o.updated_at > $2::timestamptz))
                          then $2::timestamptz else 'infinity' end
 where b.id = $1
