-- What waits for a person's look, what was taken down, and what is public at this moment.
alter table publication
  add column needs_review boolean not null default false,
  add column reviewed_at timestamptz,
  add column taken_down_at timestamptz,
  add column published_at timestamptz,
  add column version bigint not null default 0;
drop index publication_by_time;
create index publication_by_case on publication (case_id);
create index publication_due on publication (publish_at)
  where published_at is null and taken_down_at is null and (not needs_review or reviewed_at is not null);

-- What was shown and hidden, each time it was made public: sealed, so that anybody can check it against the chain (BJN 11e, 12(9)).
create table publication_proof (
  id uuid primary key,
  answer_id uuid not null references answer,
  question_masks int[] not null,
  answer_masks int[] not null,
  commitment bytea not null check (length(commitment) = 32),
  published_at timestamptz not null
);
create index publication_proof_by_answer on publication_proof (answer_id, id desc);
create trigger publication_proof_is_append_only before update or delete or truncate on publication_proof
  for each statement execute function refuse_change();

-- What everybody may read and search, and nothing else: masked text. Made of the rows above, in the transaction that publishes, masks or takes down.
create table public_case (
  answer_id uuid primary key references answer,
  case_id uuid not null references sms_case,
  message_id uuid not null references message,
  unit_id uuid,
  received_at timestamptz not null,
  answered_at timestamptz not null,
  publish_at timestamptz not null,
  changed_at timestamptz not null,
  question text not null,
  answer text not null,
  words tsvector not null generated always as (to_tsvector('indonesian', question || ' ' || answer)) stored
);
create index public_case_by_time on public_case (publish_at desc, answer_id desc);
create index public_case_by_unit on public_case (unit_id, publish_at desc, answer_id desc);
create index public_case_by_message on public_case (message_id);
create index public_case_by_receipt on public_case (received_at);
create index public_case_by_change on public_case (changed_at);
create index public_case_by_words on public_case using gin (words);

grant select, insert on publication_proof to {app};
grant select, insert, update, delete on public_case to {app};
