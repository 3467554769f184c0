-- Size and dead rows of our tables, and when they were last vacuumed. Statistics only.
select s.schemaname || '.' || s.relname, pg_total_relation_size(s.relid), s.n_live_tup, s.n_dead_tup,
       coalesce(to_char(greatest(s.last_vacuum, s.last_autovacuum) at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), 'never'),
       age(c.relfrozenxid)
  from pg_stat_user_tables s join pg_class c on c.oid = s.relid
 where s.schemaname in ('orderd', 'intake')
 order by 2 desc
