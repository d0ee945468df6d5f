-- One coordination SMS from its request to its end.
create table broadcast (
  id uuid primary key,
  number bigint generated always as identity unique, -- told to people; answers begin with the code that is made of it
  kind text not null,
  state text not null,
  is_emergency boolean not null,
  originator_id uuid not null,           -- official
  originator_basis text not null,        -- Mayor, RegionalSecretary, Letter
  letter_id uuid references authorization_letter,
  subject text not null,
  request text not null,                 -- what the originator wants to be said
  corrects_id uuid references broadcast, -- goes to exactly those whom that one reached
  revision int not null,                 -- the one that counts; 0: not worded yet
  created_by text not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  version bigint not null,
  check ((originator_basis = 'Letter') = (letter_id is not null))
);
create index broadcast_by_time on broadcast (created_at desc, id desc);
create index broadcast_by_state on broadcast (state) where state in ('Submitted', 'Scheduled', 'Late', 'Sending', 'Paused');

-- Exactly what is examined: text, audience, time, sender. A change is another revision.
create table revision (
  broadcast_id uuid not null references broadcast,
  no int not null,
  text text not null,                    -- NFC, with placeholders
  sender_id text,
  channel text not null,                 -- empty: Notification's default
  audience jsonb not null,
  with_arrivals boolean not null,        -- whoever comes to fulfil the rules before the sending receives too
  send_at timestamptz,                   -- null: as soon as it is approved
  late_after_minutes int not null,       -- so long after send_at it is not begun by itself any more
  valid_until timestamptz,               -- what is not handed over by then is not any more
  invitation jsonb,                      -- place, time, dress; of invitations
  answers text not null,                 -- None, Attendance, Free
  author text not null,                  -- account
  author_official_id uuid,
  written_at timestamptz not null,
  -- Of the audience as it was resolved for the examination:
  recipients int,
  segments int,                          -- of all of them together
  list_hash bytea,
  content_hash bytea,                    -- what the examiner signs: everything above
  frozen_at timestamptz,                 -- when the list was resolved
  primary key (broadcast_id, no)
);
grant select, insert, update on broadcast to {app};
grant select, insert, update (recipients, segments, list_hash, content_hash, frozen_at) on revision to {app};

-- What the examiners said, each over the hash that he was shown. Append-only.
create table decision (
  id uuid primary key,
  broadcast_id uuid not null,
  revision int not null,
  outcome text not null,                 -- Approved, Returned, Rejected, Released (emergency), ApprovedAfterwards, DisapprovedAfterwards
  signed_hash bytea not null,
  official_id uuid,
  actor text not null,                   -- account
  acted_as text not null,                -- Chair, or the mandate's holder
  mandate_id uuid,
  checklist json,                        -- answers to the questions of KOR 9(2), 9(3); json, not jsonb: it gives back the very text that the commitment is over
  reason text,
  at timestamptz not null,
  salt bytea not null check (length(salt) = 32),
  commitment bytea not null check (length(commitment) = 32),
  foreign key (broadcast_id, revision) references revision
);
-- One approval for a revision, whoever presses first.
create unique index decision_once on decision (broadcast_id, revision) where outcome in ('Approved', 'Returned', 'Rejected', 'Released');
create unique index decision_afterwards_once on decision (broadcast_id, revision) where outcome in ('ApprovedAfterwards', 'DisapprovedAfterwards');
create trigger decision_is_append_only before update or delete or truncate on decision for each statement execute function refuse_change();
grant select, insert on decision to {app};

-- What happened to a broadcast, for people; append-only.
create table broadcast_event (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  broadcast_id uuid not null references broadcast,
  kind text not null,
  actor text not null,
  revision int not null,
  details json,                          -- not jsonb: see checklist
  at timestamptz not null,
  salt bytea not null check (length(salt) = 32),
  commitment bytea not null check (length(commitment) = 32)
);
create index broadcast_event_by_broadcast on broadcast_event (broadcast_id, seq);
create trigger broadcast_event_is_append_only before update or delete or truncate on broadcast_event for each statement execute function refuse_change();
grant select, insert on broadcast_event to {app};

-- The list, frozen for the examination and never longer than approved except by arrivals. Numbers are personal data and go after their time; the rest stays and adds up.
create table recipient (
  broadcast_id uuid not null,
  revision int not null,
  official_id uuid not null,
  position_id uuid,                      -- by which he is in; null: as a person
  name text not null,
  title text,
  unit_code text,
  number text,                           -- E.164
  reasons text[] not null,               -- labels of the rules by which he is in
  state text not null,                   -- Listed, Ordered, Delivered, Failed, Skipped, Withdrawn
  skip_reason text,                      -- left-office, no-number, same-number, not-mobile, number-changed
  is_arrival boolean not null,
  is_shared boolean not null default false, -- somebody else of the list has the same number: the text names nobody
  segments int not null,
  chunk int,                             -- of the sending; null before it is planned
  sms_id uuid unique,                    -- Notification's name for his SMS
  status_version bigint not null,        -- of the last DeliveryStatusChanged
  at_operator boolean not null,
  is_uncertain boolean not null,
  failure text,                          -- why it failed, Notification's code
  changed_at timestamptz not null,
  primary key (broadcast_id, revision, official_id),
  foreign key (broadcast_id, revision) references revision
) with (fillfactor = 80);
-- One person in five groups, two people with one phone: one SMS.
create unique index recipient_number_once on recipient (broadcast_id, revision, number) where number is not null and state <> 'Skipped';
create index recipient_by_official on recipient (official_id, broadcast_id);
create index recipient_by_chunk on recipient (broadcast_id, revision, chunk) where state = 'Listed';
grant select, insert, update, delete on recipient to {app};
