-- What else the events tell: what is closed, kinds and grades. Version 0, and as if it had never agreed: the copy asks for a snapshot and fills again.
alter table organisation.unit add column closed_at timestamptz;
alter table organisation.position add column kind text, add column grade text, add column closed_at timestamptz;
alter table organisation.assignment add column kind text not null default 'Definitive';
update organisation.unit set version = 0;
update organisation.position set version = 0;
update organisation.assignment set version = 0;
delete from directory_copy where name = 'organisation';
