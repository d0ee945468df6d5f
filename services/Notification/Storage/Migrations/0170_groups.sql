-- SMS that belong together: held, let go and withdrawn as a whole, and told of as a whole.
create table sms_group (
  id uuid primary key,                       -- given by the asking service
  is_held boolean not null default false,    -- the senders leave it out; for ever when it is withdrawn
  hold_version bigint not null default 0,    -- of the asking service: an older word that comes later is ignored
  withdrawn_at timestamptz,
  -- As it was told last:
  version bigint not null default 0,
  waiting bigint not null default 0,
  handed_over bigint not null default 0,
  uncertain bigint not null default 0,
  delivered bigint not null default 0,
  failed bigint not null default 0,
  withdrawn bigint not null default 0,
  moved_at timestamptz not null,
  next_look_at timestamptz                   -- the longer nothing has moved, the later; null: nothing is expected any more
);
create index sms_group_held on sms_group (id) where is_held;
create index sms_group_withdrawn on sms_group (id) where withdrawn_at is not null;
create index sms_group_look on sms_group (next_look_at) where next_look_at is not null;
grant select, insert, update on sms_group to {app};

alter table sms add column group_id uuid;
-- All that is counted stands in it.
create index sms_by_group on sms (group_id, state, reason) where group_id is not null;
