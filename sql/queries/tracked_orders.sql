-- Every order in progress at the provider, with the day and the case it can be listed by, what is wrong with following it, whether
-- the provider has told its code of another order, too, which is in doubt since, and whether nothing kept shows that it knows the code. Index order_accepted; as many rows as are in progress.
select id, revision, order_code, hope_to_open_at, case_name, error_code,
       order_code in (select e.order_code from orderd."order" d join orderd.order_event e on e.order_id = d.id
                       where d.state = 'in_doubt' and d.error_code = 'order_code_conflict' and e.event = 'outcome_unknown'
                         and e.order_code is not null) as disputed,
       coalesce(accepted_at > (select value::timestamptz from orderd.setting where name = 'codes_known_until'), true) as code_not_seen
  from orderd."order" where state = 'accepted' order by id
