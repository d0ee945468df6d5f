-- What every service has: outbox, inbox, answers kept for Idempotency-Key, the copy of the sign-in state.
-- {app} is the role that the service runs under; migrations run as the owner.

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table % is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

-- Locked by one relay at a time, so that the events of one aggregate leave in order with several relays at work. The outbox has no foreign key to it:
-- its check would wait for that lock, and every write of the service with it.
create table outbox_partition (
  id smallint primary key
);
insert into outbox_partition select generate_series(0, 7);

create table outbox (
  seq bigint generated always as identity primary key,
  id uuid not null,
  type text not null,
  key text not null,
  partition smallint not null generated always as ((hashtext(key) & 7)::smallint) stored,
  body text not null,
  acted_by text not null,
  occurred_at timestamptz not null,
  trace_parent text,
  attempts int not null default 0,
  next_attempt_at timestamptz not null default '-infinity',
  last_error text
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
create index outbox_by_partition on outbox (partition, seq);

create table inbox (
  message_id uuid not null,
  consumer text not null,
  received_at timestamptz not null default now(),
  primary key (message_id, consumer)
);
create index inbox_by_time on inbox (received_at);

create table idempotency (
  account_id text not null,
  key text not null,
  request_hash bytea not null,
  status int,
  body text,
  created_at timestamptz not null default now(),
  primary key (account_id, key)
);
create index idempotency_by_time on idempotency (created_at);

create table sign_in_state (
  id smallint primary key check (id = 1),
  at timestamptz not null,
  keys jsonb not null,
  revoked_sessions jsonb not null
);

grant select on outbox_partition to {app};
grant update on outbox_partition to {app}; -- "for update" asks for it
grant select, insert, update, delete on outbox, inbox, idempotency to {app};
grant select, insert, update on sign_in_state to {app};
