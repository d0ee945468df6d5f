-- Proof that append-only rows were not altered: a hash chain over salted commitments (design: an unsalted hash of a
-- phone number is guessed in minutes). The content may be erased by law; its commitment stays and the chain still holds.

-- Filled in the transaction that writes the content, emptied by the sealer within a second.
create table unsealed (
  seq bigint generated always as identity primary key,
  kind text not null,
  entry_id uuid not null,
  commitment bytea not null check (length(commitment) = 32)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

create table seal (
  seq bigint primary key,
  kind text not null,
  entry_id uuid not null,
  commitment bytea not null,
  sealed_at timestamptz not null,
  hash bytea not null check (length(hash) = 32),
  unique (kind, entry_id)
);
create trigger seal_is_append_only before update or delete or truncate on seal for each statement execute function refuse_change();

grant select, insert, delete on unsealed to {app};
grant select, insert on seal to {app};
