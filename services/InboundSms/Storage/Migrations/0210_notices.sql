-- When a message came into the inbox in which it lies. Its receipt does not tell: what is routed late, or forwarded, came in later. What is older than two days is
-- in nobody's window.
alter table case_message add column placed_at timestamptz not null default '-infinity';
update case_message set placed_at = received_at where received_at > now() - interval '2 days';
create index case_message_by_placing on case_message (placed_at);

-- How an official wants to be told, as Notification says. None: as the city is set up.
create table notice_preference (
  official_id uuid primary key,
  hourly_notices boolean not null,
  daily_at time,
  quiet_from time,
  quiet_to time,
  version bigint not null,
  check ((quiet_from is null) = (quiet_to is null))
);

-- Up to when each kind has been done. Who locks the row has the round, of however many instances.
create table notice_round (
  kind text primary key,
  at timestamptz not null
);
insert into notice_round values ('Hourly', '-infinity'), ('Daily', '-infinity');

-- Each window of an official once, by primary key (BJN 12(2)). Kept for ninety days.
create table notice_window (
  official_id uuid not null,
  kind text not null,
  window_start timestamptz not null,
  since timestamptz not null,                -- what came in later than this is counted: earlier than the window where one before it was not told
  notice_id uuid not null unique,
  messages int not null check (messages > 0),
  told_at timestamptz not null,
  primary key (official_id, kind, window_start)
);
create index notice_window_by_time on notice_window (told_at);
create trigger notice_window_is_kept before update on notice_window for each statement execute function refuse_change();

-- Who has not been told of an earlier window: it was night, or the notice did not leave in time. The next one counts since then.
create table notice_held (
  official_id uuid not null,
  kind text not null,
  since timestamptz not null,
  primary key (official_id, kind)
);

grant update (placed_at) on case_message to {app};
grant select, insert, update on notice_preference to {app};
grant select, update on notice_round to {app};
grant select, insert, delete on notice_window to {app};
grant select, insert, update, delete on notice_held to {app};
