-- Where the hash chains of the other services ended, as they said it: an end that is cut off later is missed. Two hashes for one link are kept both, as proof.
create table chain_head (
  service text not null,
  seq bigint not null,
  hash bytea not null check (length(hash) = 32),
  heard_at timestamptz not null,
  primary key (service, seq, hash)
);
create trigger chain_head_is_append_only before update or delete or truncate on chain_head for each statement execute function refuse_change();

grant select, insert on chain_head to {app};
