-- What 0040 brought from the older copy, if that ran just now.
insert into organisation.position_keyword (position_id, word, kind, valid_from)
  select p.id, p.keyword, 'Primary', 'epoch' from organisation.position p
  where p.keyword is not null and not exists (select from organisation.position_keyword k where k.position_id = p.id);
