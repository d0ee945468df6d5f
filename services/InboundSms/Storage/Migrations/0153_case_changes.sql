-- The order in which events became visible, for live views: whoever has read up to a point misses nothing that comes later. Neither id nor time of an event can do
-- that: transactions end in another order than they began. So: the transaction's number, and only of transactions before which none is still running. Kept for a day.
create table case_change (
  tx bigint not null default pg_current_xact_id()::text::bigint,
  seq bigint generated always as identity,
  event_id uuid not null,
  case_id uuid not null,
  kind text not null,
  at timestamptz not null default now(),
  primary key (tx, seq)
);
create index case_change_by_time on case_change (at);

create function note_case_change() returns trigger language plpgsql as $$
begin
  insert into case_change (event_id, case_id, kind) values (new.id, new.case_id, new.kind);
  return null;
end $$;
create trigger case_changes_are_noted after insert on case_event for each row execute function note_case_change();

grant select, insert, delete on case_change to {app};
