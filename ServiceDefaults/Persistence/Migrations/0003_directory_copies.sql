-- A message for one queue instead of all that are bound to its type.
alter table outbox add column destination text;

-- How each copy of the directory that the service keeps compares with Directory's last mark.
create table directory_copy (
  name text primary key,
  marked_at timestamptz,        -- of the mark that it was compared with, by Directory's clock
  heard_at timestamptz,         -- the same by ours
  behind bigint not null,       -- changes by which the two differ
  agreed_at timestamptz,        -- null: never yet; the next mark makes it ask for a snapshot
  asked_at timestamptz
);
grant select, insert, update on directory_copy to {app};
