-- What happened to a case and who did it, so that every second of its clock can be explained (BJN 12(6), 13; SPBE 2(9)). Nobody edits it.
create table case_event (
  id uuid primary key,
  case_id uuid not null references sms_case,
  kind text not null,
  at timestamptz not null,
  actor text not null,
  commitment bytea not null check (length(commitment) = 32)
);
create index case_event_by_case on case_event (case_id, at, id);
create trigger case_event_is_append_only before update or delete or truncate on case_event for each statement execute function refuse_change();

-- What personal data law can make us erase: reasons and notes hold names. json, not jsonb: it gives back the very text that the commitment is over.
create table case_event_content (
  event_id uuid primary key references case_event,
  salt bytea not null check (length(salt) = 32),
  details json
);
create trigger case_event_content_is_not_altered before update on case_event_content for each statement execute function refuse_change();

grant select, insert on case_event, case_event_content to {app};
