-- The latest messages of a number are counted; ids are in the order of time (UUIDv7). Serves what the narrower index served.
create index message_content_by_sender_time on message_content (sender, message_id);
drop index message_content_by_sender;

-- Whose messages open no case in an inbox. Who, why and until when stays on record: a block ends, it is never removed.
create table blocked_sender (
  id uuid primary key,
  sender text not null,
  reason text not null,
  -- Of the message that it was decided on.
  message_id uuid not null references message,
  blocked_by text not null,
  blocked_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > blocked_at),
  lifted_at timestamptz,
  lifted_by text,
  lift_reason text,
  check ((lifted_at is null) = (lifted_by is null))
);
create unique index blocked_sender_once on blocked_sender (sender) where lifted_at is null;
create index blocked_sender_by_time on blocked_sender (blocked_at desc, id desc);
create index blocked_sender_by_sender on blocked_sender (sender);

-- Muted is not dropped: what a blocked sender wrote lies in a tray of its own, and can be let through.
create table blocked_message (
  message_id uuid primary key references message,
  block_id uuid not null references blocked_sender,
  received_at timestamptz not null,
  released_at timestamptz,
  released_by text,
  check ((released_at is null) = (released_by is null))
);
create index blocked_message_by_block on blocked_message (block_id);
create index blocked_message_by_time on blocked_message (received_at desc, message_id desc) where released_at is null;

-- STOP and MULAI as they came; the latest of a number holds.
create table opt_out (
  message_id uuid primary key references message,
  sender text not null,
  is_out boolean not null,
  received_at timestamptz not null
);
create index opt_out_by_sender on opt_out (sender, received_at desc, message_id desc);
create trigger opt_out_is_append_only before update or delete or truncate on opt_out for each statement execute function refuse_change();

grant select, insert on blocked_sender, blocked_message, opt_out to {app};
grant update (lifted_at, lifted_by, lift_reason) on blocked_sender to {app};
grant update (released_at, released_by) on blocked_message to {app};
