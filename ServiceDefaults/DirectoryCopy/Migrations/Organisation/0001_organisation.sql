-- A service's own copy of the organisation, fed by Directory's events; an older version never overwrites a newer one. Whatever order the events arrive in must
-- do, so no table refers to another.
create schema organisation;

create table organisation.unit (
  id uuid primary key,
  code text not null,
  name text not null,
  parent_id uuid,
  version bigint not null
);
create index unit_by_parent on organisation.unit (parent_id);

create table organisation.position (
  id uuid primary key,
  unit_id uuid not null,
  code text not null,
  title text not null,
  keyword text,
  version bigint not null
);
create index position_by_unit on organisation.position (unit_id);
create index position_by_keyword on organisation.position (keyword) where keyword is not null;

create table organisation.assignment (
  id uuid primary key,
  official_id uuid not null,
  position_id uuid not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  version bigint not null
);
create index assignment_by_official on organisation.assignment (official_id);
create index assignment_by_position on organisation.assignment (position_id);

grant usage on schema organisation to {app};
grant select, insert, update on organisation.unit, organisation.position, organisation.assignment to {app};
