-- What comes back from recipients (KOR 7(6), 8, 10e).

-- Who has opened the web copy, and when first.
create table read_receipt (
  broadcast_id uuid not null references broadcast,
  official_id uuid not null,
  read_at timestamptz not null,
  primary key (broadcast_id, official_id)
);
create index read_receipt_by_official on read_receipt (official_id);
create trigger read_receipt_is_append_only before update or delete or truncate on read_receipt for each statement execute function refuse_change();
grant select, insert on read_receipt to {app};

-- What they answered, by web and by SMS. Each stands; the latest says whether one comes.
create table answer (
  id uuid primary key,                   -- of an SMS: the message's id in InboundSms
  broadcast_id uuid references broadcast, -- null: no broadcast that was sent has the number that he wrote
  number bigint not null,                -- of the broadcast, as it was written
  official_id uuid,                      -- null: nobody in its list has the number that he wrote from
  via text not null check (via in ('Web', 'Sms')),
  attends boolean,                       -- null: he said neither
  at timestamptz not null,
  check (broadcast_id is not null or official_id is null),
  check (via = 'Sms' or official_id is not null)
);
create index answer_by_broadcast on answer (broadcast_id, at desc, id desc);
create index answer_by_official on answer (official_id, broadcast_id, at desc) where official_id is not null;
create index answer_by_time on answer (at);
create index answer_of_nobody on answer (at desc, id desc) where official_id is null;
create trigger answer_is_append_only before update or delete or truncate on answer for each statement execute function refuse_change();
-- Words and pseudonym go after their time; that he answered, and whether he comes, stays.
create table answer_content (
  answer_id uuid primary key references answer,
  text text not null,
  sender text                            -- of an SMS: the pseudonym that InboundSms has for its number too
);
create index answer_content_by_sender on answer_content (sender) where sender is not null;
create trigger answer_content_is_never_altered before update or truncate on answer_content for each statement execute function refuse_change();
grant select, insert on answer, answer_content to {app};

-- The pseudonyms of a list whose sending has begun, made when its first answer comes by SMS.
create table recipient_pseudonym (
  broadcast_id uuid not null references broadcast,
  pseudonym text not null,
  official_id uuid not null,
  primary key (broadcast_id, pseudonym)
);
grant select, insert on recipient_pseudonym to {app};

-- KOR 10e: a recipient says that no SMS came; once.
create table missing_report (
  broadcast_id uuid not null references broadcast,
  official_id uuid not null,
  note text,
  reported_at timestamptz not null,
  primary key (broadcast_id, official_id)
);
create index missing_report_by_time on missing_report (reported_at desc, official_id desc);
-- The note goes after its time; whoever runs the service may only insert.
create trigger missing_report_is_kept before delete or truncate on missing_report for each statement execute function refuse_change();
grant select, insert on missing_report to {app};

-- The SMS once more to one person, on a person's decision. Beside the list, whose counts stay what they are.
create table resend (
  sms_id uuid primary key,
  broadcast_id uuid not null references broadcast,
  official_id uuid not null,
  attempt int not null check (attempt > 0),
  reason text not null,
  ordered_by text not null,
  ordered_at timestamptz not null,
  number text,                           -- E.164, of then; null after its time
  state text not null,
  status_version bigint not null,
  at_operator boolean not null,
  is_uncertain boolean not null,
  failure text,
  changed_at timestamptz not null,
  constraint resend_attempt_key unique (broadcast_id, official_id, attempt)
);
grant select, insert, update (state, status_version, at_operator, is_uncertain, failure, changed_at) on resend to {app};
