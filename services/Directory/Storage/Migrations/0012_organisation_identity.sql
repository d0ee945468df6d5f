-- Who the organisation is, once: what stands on its letters and its seal (DIR-1, EOF 10a).
create table organisation (
  id smallint primary key check (id = 1),
  name text not null,
  seal_text text not null,
  letterhead text[] not null check (cardinality(letterhead) <= 6),
  address text not null,
  city text not null,
  telephone text not null,
  email text not null,
  website text not null,
  version bigint not null
);
insert into organisation values (1, '', '', '{}', '', '', '', '', '', 0);
grant select, update on organisation to {app};
