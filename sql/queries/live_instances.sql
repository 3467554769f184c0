-- Every instance that may send, oldest first, with its places. Index instance_live; a row an instance.
select id, name, place_cap, places from orderd.instance where stopped_at is null and lost_at is null order by id
