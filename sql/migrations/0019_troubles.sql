-- What an instance cannot do at the moment, as [{"what", "why", "since"}]: `ipoe-orderd status`, `check` and the status page show it.
alter table orderd.instance add column troubles jsonb not null default '[]';
