-- One row is one SMS that somebody asked for. What identifies a person stands in sms_content, so that the law's erasure leaves the counts.
create table sms (
  id uuid primary key,                       -- given by the asking service; a repeated command meets it
  purpose text not null,
  lane smallint not null,                    -- lower goes first
  channel text not null,                     -- asked for; "unknown" where no such channel is configured
  sent_by text,                              -- channel whose provider sends; null where none can
  reference text not null,                   -- what the provider's reports call it: our id, until the provider gives its own
  state text not null,
  reason text,
  is_contradictory boolean not null default false,
  version bigint not null default 0,
  segments smallint not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  expires_at timestamptz not null,
  next_attempt_at timestamptz not null,
  attempts int not null default 0,
  lease_no int not null default 0,           -- grows with each intent: an outcome belongs to one of them
  intent_at timestamptz,
  final_at timestamptz,
  trace_parent text,
  unique (sent_by, reference)
) with (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
create index sms_due on sms (sent_by, lane, next_attempt_at) where state = 'Queued';
create index sms_intent on sms (intent_at) where state = 'Intent';
create index sms_uncertain on sms (id) where state = 'Uncertain';
create index sms_expiry on sms (expires_at) where state = 'Queued';
create index sms_newest on sms (created_at desc, id desc);

-- Personal data. Retention removes the row; the SMS and its history stay.
create table sms_content (
  sms_id uuid primary key references sms,
  number text not null,
  sender text,
  text text not null
);

-- Evidence: what the provider or this service said about an SMS, in the order in which we learnt it. No personal data.
create table delivery_event (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  sms_id uuid not null references sms,
  at timestamptz not null,
  source text not null,                      -- answer, report, service
  channel text,
  code text not null,                        -- the provider's own word
  told text not null,
  reason text,
  done_at timestamptz,                       -- as the provider dates it
  effect text not null,
  salt bytea not null,
  commitment bytea not null
);
create index delivery_event_by_sms on delivery_event (sms_id, seq);
create trigger delivery_event_is_append_only before update or delete or truncate on delivery_event
  for each statement execute function refuse_change();

-- Delivery reports as they came; one that fits no SMS yet is parked. Repeats are counted, not stored.
create table report (
  seq bigint generated always as identity primary key,
  channel text not null,
  reference text not null,
  code text not null,
  told text not null,
  reason text,
  done_at timestamptz,
  received_at timestamptz not null,
  seen int not null default 1,
  applied_at timestamptz,
  unique nulls not distinct (channel, reference, code, done_at)
) with (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
create index report_waiting on report (channel, reference) where applied_at is null;
create index report_by_time on report (received_at);

-- Copy of Directory's contacts. Personal data.
create table contact (
  official_id uuid primary key,
  notice_phone text,
  sender_id text,
  version bigint not null
);

grant select, insert, update on sms, contact to {app};
grant select, insert on sms_content, delivery_event to {app};
grant select, insert, update, delete on report to {app};
