-- Indexes of ours that are not valid (a build that failed), and how many there are in all.
select c.relname, i.indisvalid
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
 where n.nspname in ('orderd', 'intake')
