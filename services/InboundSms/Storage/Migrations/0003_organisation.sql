-- This service's own copy of the directory, fed by events; an older version never overwrites a newer one.
create table unit (
  id uuid primary key,
  name text not null,
  version bigint not null
);

create table position (
  id uuid primary key,
  unit_id uuid not null,
  title text not null,
  keyword text,
  version bigint not null
);
create index position_by_keyword on position (keyword) where keyword is not null;

create table assignment (
  id uuid primary key,
  official_id uuid not null,
  position_id uuid not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  version bigint not null
);
create index assignment_by_official on assignment (official_id);

grant select, insert, update on unit, position, assignment to {app};
