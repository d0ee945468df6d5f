-- Parts of long messages that the provider does not join. As append-only as messages: the citizen's words are these. Joined, they are one message.
create table part_set (
  id uuid primary key,
  channel text not null,
  account text not null,
  reference text not null,
  total int not null check (total between 2 and 255),
  opened_at timestamptz not null,
  -- Joined, whole or not; or given up, because every part of it was a repeat.
  closed_at timestamptz,
  message_id uuid unique references message
);
create index part_set_open on part_set (opened_at) where closed_at is null;

create table message_part (
  id uuid primary key,
  set_id uuid not null references part_set,
  channel text not null,
  account text not null,
  provider_message_id text not null,
  number int not null,
  received_at timestamptz not null,
  provider_time timestamptz,
  commitment bytea not null check (length(commitment) = 32),
  -- Some providers give the parts of a message one id, others each its own.
  constraint message_part_once unique (channel, account, provider_message_id, number)
);
create index message_part_by_set on message_part (set_id);
create trigger message_part_is_append_only before update or delete or truncate on message_part for each statement execute function refuse_change();

create table message_part_content (
  part_id uuid primary key references message_part,
  salt bytea not null,
  sender text not null,
  recipient text not null,
  text text not null,
  -- Before it was decoded, where the provider gives that: a character can be cut by the end of a part.
  coding text,
  units bytea,
  raw bytea not null
);
create index message_part_content_by_sender on message_part_content (sender);
create trigger message_part_content_is_append_only before update or delete or truncate on message_part_content for each statement execute function refuse_change();

-- Joined without all its parts; and a part that came after that, of which message it is.
alter table message add column is_incomplete boolean not null default false, add column continues uuid references message;

grant select, insert on message_part, message_part_content to {app};
grant select, insert, update on part_set to {app};
