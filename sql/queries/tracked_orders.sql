-- Every order in progress at the provider, with the day and the case it can be listed by. Index order_accepted; as many rows as are in progress.
select id, revision, order_code, hope_to_open_at, case_name from orderd."order" where state = 'accepted' order by id
