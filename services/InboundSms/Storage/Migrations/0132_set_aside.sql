-- The decision that no answer is due (BJN 10(2)): proposed by one person, decided by another. All proposals stay, with what became of them.
create table set_aside (
  id uuid primary key,
  case_id uuid not null references sms_case,
  ground text not null,
  reason text not null,
  proposed_by text not null,
  proposed_by_official uuid,
  proposed_at timestamptz not null,
  decision text,
  decided_by text,
  decided_at timestamptz,
  undone_by text,
  undone_at timestamptz,
  check ((decision is null) = (decided_at is null)),
  check (decided_by <> proposed_by)
);
create unique index set_aside_one_waits on set_aside (case_id) where decided_at is null;
create index set_aside_waiting on set_aside (proposed_at desc, id desc) where decided_at is null;
create index set_aside_by_case on set_aside (case_id, proposed_at);

grant select, insert, update on set_aside to {app};
