-- Own lists of recipients: posts, whose holder of the moment receives, and people, whatever they hold (KOR 10a).
create table recipient_list (
  id uuid primary key,
  name text not null constraint recipient_list_name_key unique,
  created_by text not null,
  created_at timestamptz not null,
  closed_at timestamptz,
  version bigint not null
);
create table recipient_list_entry (
  list_id uuid not null references recipient_list,
  position_id uuid,
  official_id uuid,
  check (num_nonnulls(position_id, official_id) = 1)
);
create unique index recipient_list_entry_once on recipient_list_entry (list_id, coalesce(position_id, official_id));
grant select, insert, update on recipient_list to {app};
grant select, insert, delete on recipient_list_entry to {app};
