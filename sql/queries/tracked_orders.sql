-- Every order in progress at the provider. Index order_accepted; as many rows as are in progress.
select id, revision, order_code from orderd."order" where state = 'accepted' order by id
