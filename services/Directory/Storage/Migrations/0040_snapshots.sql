-- Copies in other services that are being sent everything; one row for each, gone when it has all. The cursor moves in the transaction that puts a part into
-- the outbox: whoever goes on after a death goes on there.
create table snapshot (
  queue text primary key,
  kind text not null,
  after_id uuid not null,
  rows_sent bigint not null,
  started_at timestamptz not null
);
grant select, insert, update, delete on snapshot to {app};
