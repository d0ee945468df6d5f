-- An account exists before its owner has set a password; one that somebody else has set must be changed. It ends with its official's last
-- assignment, unless the Administrator keeps it open for a while.
alter table account alter password_hash drop not null;
alter table account add must_change_password boolean not null default false;
alter table account add open_until timestamptz;

-- Authenticator (RFC 6238). The secret is encrypted with a key that the database does not know. No code of this step or an earlier one counts again.
create table second_factor (
  account_id uuid primary key references account,
  secret bytea not null,
  confirmed_at timestamptz,
  last_step bigint not null default 0
);

-- SHA-256: 80 random bits need no slow hash. A code that was used is gone.
create table recovery_code (
  hash bytea primary key check (length(hash) = 32),
  account_id uuid not null references account
);
create index recovery_code_by_account on recovery_code (account_id);

-- What was asked for, also for logins that do not exist: the door does the same for everybody, what follows happens out of sight.
create table one_time_code_request (
  id uuid primary key,
  normalized_user_login text not null,
  from_address text not null,
  requested_at timestamptz not null,
  handled_at timestamptz
);
create index one_time_code_request_by_login on one_time_code_request (normalized_user_login, requested_at);
create index one_time_code_request_by_address on one_time_code_request (from_address, requested_at);
create index one_time_code_request_waiting on one_time_code_request (requested_at) where handled_at is null;

-- The one code of an account that counts.
create table one_time_code (
  account_id uuid primary key references account,
  hash text not null,
  expires_at timestamptz not null,
  tries_left int not null
);

-- What its owner sees of a session. The address is stored masked.
alter table session add last_used_at timestamptz not null default now();
alter table session add from_address text;
alter table session add device text;

-- Identity's table of authenticator secrets, which nothing has filled.
drop table account_token;

grant select, insert, update, delete on second_factor, recovery_code, one_time_code_request, one_time_code to {app};
