-- Codes that a stranger cannot use up: wrong tries are counted by network, and the code that used up the budget of its login counts until another may be asked for.
alter table one_time_code
  add column tries jsonb not null default '{}',
  add column sent_at timestamptz;

-- A number is its owner's once he has entered a code that was sent to it.
alter table official add column notice_phone_proved_at timestamptz;

-- The number that an official would rather have, until the Administrator has decided. Personal data.
create table notice_phone_proposal (
  official_id uuid primary key references official,
  id uuid not null unique,
  number text not null check (number ~ '^\+[1-9][0-9]{7,14}$'),
  code_hash text not null,
  code_expires_at timestamptz not null,
  tries_left int not null,
  proposed_at timestamptz not null,
  proved_at timestamptz
);
create index notice_phone_proposal_proved on notice_phone_proposal (proved_at desc, id desc) where proved_at is not null;

grant select, insert, update, delete on notice_phone_proposal to {app};
