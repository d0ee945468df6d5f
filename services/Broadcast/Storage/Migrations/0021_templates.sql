-- Texts to begin a wording with.
create table broadcast_template (
  id uuid primary key,
  name text not null,
  kind text not null,
  text text not null,
  created_by text not null,
  created_at timestamptz not null,
  retired_at timestamptz,
  version bigint not null
);
create unique index broadcast_template_name_key on broadcast_template (lower(name));
create index broadcast_template_by_time on broadcast_template (created_at desc, id desc);
grant select, insert, update (name, kind, text, retired_at, version) on broadcast_template to {app};
