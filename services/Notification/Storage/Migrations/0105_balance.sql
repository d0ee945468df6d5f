-- What is left at a prepaid provider, as it last said so; one instance asks for all.
create table balance (
  channel text primary key,
  amount numeric,                        -- null: it has not said yet
  currency text,
  said_at timestamptz,
  asked_at timestamptz not null
);
grant select, insert, update on balance to {app};
