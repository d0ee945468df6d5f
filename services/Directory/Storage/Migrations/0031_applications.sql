-- Other systems with credentials of their own (DIR-8; TIK 16, 17; SPBE 21).
create table application (
  id uuid primary key,
  name text not null,
  owner_unit_id uuid not null references unit,
  contact_name text not null,
  contact_email text not null,
  scopes text[] not null,
  suspended_at timestamptz,
  version bigint not null
);
create unique index application_name_key on application (lower(name));

-- Two slots: the next key is handed over while the last one still works, and there is never a third. A key ends when it expires, or earlier when it is revoked.
create table application_key (
  id uuid primary key,
  application_id uuid not null references application,
  slot smallint not null check (slot in (1, 2)),
  hash bytea not null unique check (length(hash) = 32),
  created_at timestamptz not null,
  ends_at timestamptz not null,
  revoked_at timestamptz,
  last_used_at timestamptz,
  constraint application_key_two_at_once exclude using gist (application_id with =, slot with =, tstzrange(created_at, ends_at, '[)') with &&)
);
create index application_key_by_revocation on application_key (revoked_at) where revoked_at is not null;

grant select, insert, update on application, application_key to {app};
