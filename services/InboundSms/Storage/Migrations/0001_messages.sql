-- The citizen's words. Append-only by rights and by trigger (BJN 11e); what the law may make us erase stands in message_content.
create table message (
  id uuid primary key,
  channel text not null,
  account text not null,
  provider_message_id text not null,
  received_at timestamptz not null,
  provider_time timestamptz,
  commitment bytea not null check (length(commitment) = 32),
  -- For ever: providers repeat after minutes, and some after weeks.
  constraint message_once unique (channel, account, provider_message_id)
);
create trigger message_is_append_only before update or delete or truncate on message for each statement execute function refuse_change();

create table message_content (
  message_id uuid primary key references message,
  salt bytea not null,
  sender text not null,
  sender_kind text not null,
  recipient text not null,
  text text not null,
  raw bytea not null
);
create index message_content_by_sender on message_content (sender);
create trigger message_content_is_append_only before update or delete or truncate on message_content
  for each statement execute function refuse_change();

-- What a case is about belongs to the position, whoever holds it (BJN 12(6)).
create table sms_case (
  id uuid primary key,
  number bigint generated always as identity unique,
  first_message_id uuid not null unique references message,
  position_id uuid,
  keyword text,
  status text not null,
  is_secret boolean not null,
  received_at timestamptz not null,
  due_at timestamptz not null,
  answered_at timestamptz,
  version bigint not null,
  check ((status = 'Unassigned') = (position_id is null))
);
create index sms_case_by_position on sms_case (position_id, status, received_at desc);

create table case_message (
  message_id uuid primary key references message,
  case_id uuid not null references sms_case,
  received_at timestamptz not null
);
create index case_message_by_case on case_message (case_id);
create index case_message_by_time on case_message (received_at desc, message_id desc);

-- What the system answered by itself; the budget against loops is counted here.
create table auto_answer (
  id uuid primary key,
  message_id uuid not null unique references message,
  sender text not null,
  sent_at timestamptz not null
);
create index auto_answer_by_sender on auto_answer (sender, sent_at desc);

-- What was refused at the door, for a person to look at: a wrongly set key must not lose complaints without trace. Bounded and short-lived.
create table quarantine (
  id bigint generated always as identity primary key,
  channel text not null,
  reason text not null,
  received_at timestamptz not null,
  body bytea not null check (length(body) <= 4096)
);

grant select, insert on message, message_content to {app};
grant select, insert, update on sms_case to {app};
grant select, insert on case_message, auto_answer to {app};
grant select, insert, delete on quarantine to {app};
