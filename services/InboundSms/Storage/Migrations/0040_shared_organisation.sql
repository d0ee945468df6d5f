-- The copy of the organisation moves to the tables that all services share. Version 0: what the old tables did not hold comes with the next snapshot.
insert into organisation.unit (id, code, name, version) select id, '', name, 0 from unit;
insert into organisation.position (id, unit_id, code, title, keyword, version) select id, unit_id, '', title, keyword, 0 from position;
insert into organisation.assignment (id, official_id, position_id, valid_from, valid_to, version)
  select id, official_id, position_id, valid_from, valid_to, version from assignment;
drop table unit, position, assignment;
