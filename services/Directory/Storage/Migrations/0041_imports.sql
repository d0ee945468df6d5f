-- Files that administrators hand in (DIR-1, DIR-2). What they hold is personal data: content goes when the import is over, the digest stays.
create table organisation_import (
  id uuid primary key,
  is_dry_run boolean not null,
  sheet text,
  sha256 bytea not null check (length(sha256) = 32),
  content bytea,
  actor text not null,
  from_address text,
  created_at timestamptz not null,
  state text not null check (state in ('Waiting', 'Done', 'Refused')),
  rows_total int,                -- these two are written while the import's own transaction is open
  rows_done int not null,
  rows_added int not null,
  rows_unchanged int not null,
  findings_total int not null,
  findings json,
  finished_at timestamptz,
  constraint organisation_import_content check ((state = 'Waiting') = (content is not null))
);
create index organisation_import_waiting on organisation_import (created_at) where state = 'Waiting';
grant select, insert, update on organisation_import to {app};
