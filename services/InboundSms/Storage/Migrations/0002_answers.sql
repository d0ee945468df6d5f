-- Answers are public acts: append-only and sealed like the question.
create table answer (
  id uuid primary key,
  case_id uuid not null references sms_case,
  position_id uuid not null,
  official_id uuid not null,
  text text not null,
  answered_at timestamptz not null,
  salt bytea not null,
  commitment bytea not null check (length(commitment) = 32)
);
create index answer_by_case on answer (case_id);
create trigger answer_is_append_only before update or delete or truncate on answer for each statement execute function refuse_change();

create table answer_delivery (
  answer_id uuid primary key references answer,
  status text not null,
  version bigint not null,
  accepted_by_operator boolean not null,
  uncertain boolean not null,
  contradictory boolean not null,
  reason text,
  changed_at timestamptz not null
);

-- Public is the original with spans masked; the words themselves are not copied, so they cannot differ.
create table publication (
  answer_id uuid primary key references answer,
  case_id uuid not null references sms_case,
  question_masks int[] not null,
  answer_masks int[] not null,
  publish_at timestamptz not null
);
create index publication_by_time on publication (publish_at desc, answer_id desc);

grant select, insert on answer to {app};
grant select, insert, update on answer_delivery, publication to {app};
