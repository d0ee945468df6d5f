-- DIR-9: every administrative act, in a trail that nobody edits (SPBE 2(9), 42).
create table audit_entry (
  id uuid primary key,
  at timestamptz not null,
  actor text not null,
  act text not null,
  subject_kind text not null,
  subject_id uuid not null,
  commitment bytea not null check (length(commitment) = 32)
);
create index audit_entry_by_time on audit_entry (at desc, id desc);
create index audit_entry_by_subject on audit_entry (subject_id);
create trigger audit_entry_is_append_only before update or delete or truncate on audit_entry
  for each statement execute function refuse_change();

-- What personal data law can make us erase stands in its own row: nobody alters it, the service cannot delete it. json, not jsonb: it gives
-- back the very text that the commitment is over.
create table audit_content (
  entry_id uuid primary key references audit_entry,
  salt bytea not null check (length(salt) = 32),
  before json,
  after json,
  reason text,
  from_address text
);
create trigger audit_content_is_not_altered before update on audit_content for each statement execute function refuse_change();

grant select, insert on audit_entry, audit_content to {app};
