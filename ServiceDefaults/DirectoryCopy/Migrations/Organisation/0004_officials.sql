-- Who an official is, and what is granted to his account: names in histories, and whom a notice to the secretariat reaches. As if the copy had never agreed: it asks
-- for a snapshot and fills.
create table organisation.official (
  id uuid primary key,
  name text not null,
  version bigint not null
);

create table organisation.granted_roles (
  official_id uuid primary key,
  roles text[] not null,
  version bigint not null
);
create index granted_roles_by_role on organisation.granted_roles using gin (roles);

alter table organisation.position add column signs_documents boolean not null default false;
update organisation.position set version = 0;

delete from directory_copy where name = 'organisation';

grant select, insert, update on organisation.official, organisation.granted_roles to {app};
