-- What 0040 brought from the older copy, if that ran just now; version 0 asks Directory for the rest.
insert into contacts.sender_id (official_id, sender_id, valid_from)
  select c.official_id, c.sender_id, 'epoch' from contacts.contact c
  where c.sender_id is not null and not exists (select from contacts.sender_id s where s.official_id = c.official_id);
update contacts.contact set version = 0 where sender_id is not null;
