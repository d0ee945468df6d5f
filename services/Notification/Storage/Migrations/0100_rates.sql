-- When the next segment may go, by limit (GCRA): one row for all instances. A broadcast has a second one, for its share.
create table rate_limit (
  name text primary key,
  next_at timestamptz not null,
  broadcast_next_at timestamptz not null
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- What holds for a provider on every instance.
create table route (
  channel text primary key,
  blocked_until timestamptz              -- it has said that it wants no more for now
);
grant select, insert, update on rate_limit, route to {app};
