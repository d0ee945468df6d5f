-- Own lists of recipients: posts, whose holder of the moment receives, and people, whatever they hold (KOR 10a).
create table recipient_list (
  id uuid primary key,
  name text not null constraint recipient_list_name_key unique,
  created_by text not null,
  created_at timestamptz not null,
  closed_at timestamptz,
  version bigint not null
);
create index recipient_list_by_time on recipient_list (created_at desc, id desc);
grant select, insert, update on recipient_list to {app};

-- Who stood in a list when: what a broadcast was approved with is found again, and nobody comes into it after the approval by way of a list.
create table recipient_list_entry (
  id uuid primary key,
  list_id uuid not null references recipient_list,
  position_id uuid,
  official_id uuid,
  added_by text not null,
  added_at timestamptz not null,
  removed_by text,
  removed_at timestamptz,
  check (num_nonnulls(position_id, official_id) = 1)
);
create unique index recipient_list_entry_once on recipient_list_entry (list_id, coalesce(position_id, official_id)) where removed_at is null;
create index recipient_list_entry_by_list on recipient_list_entry (list_id, id);
grant select, insert, update (removed_by, removed_at) on recipient_list_entry to {app};

-- Whether an SMS arrives at a number: what PhoneNumber calls Mobile.
create function is_mobile(number text) returns boolean language sql immutable parallel safe
  return number ~ '^\+(628[1-35-9][0-9]{7,10}|(?!62)[1-9][0-9]{7,14})$';
