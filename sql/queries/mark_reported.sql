-- The answer files of batch $1 tell what was true at $2, which is noted, and whether it is: somebody's trigger may keep the batch as it was; for good when nothing can move any more. A change that is not in the
-- tally yet sets changed_at later, and a file that is told for good by then is told once more.
update orderd.batch b
   set reported_at = case when exists (select from orderd.tally_now t where t.batch_id = b.id and t.orders > 0
                                        and t.state not in ('rejected', 'completed', 'failed', 'cancelled', 'partially_failed',
                                                            'refused', 'withdrawn'))
                            or b.changed_at > $2::timestamptz
                            or exists (select from orderd.tally_change c where c.batch_id = b.id)
                          then $2::timestamptz else 'infinity' end
 where b.id = $1
returning b.reported_at >= $2::timestamptz
