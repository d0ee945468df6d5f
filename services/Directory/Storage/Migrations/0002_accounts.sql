-- Accounts (ASP.NET Core Identity), sessions and the keys that sign access tokens.
create table account (
  id uuid primary key,
  user_login text not null,
  normalized_user_login text not null unique,
  official_id uuid unique references official,
  roles text[] not null,
  enabled boolean not null,
  password_hash text not null,
  security_stamp text not null,
  two_factor_enabled boolean not null,
  lockout_enabled boolean not null,
  lockout_end timestamptz,
  access_failed_count int not null,
  version bigint not null
);

-- Identity's store of the authenticator secret of a second factor.
create table account_token (
  account_id uuid not null references account,
  login_provider text not null,
  name text not null,
  value text,
  primary key (account_id, login_provider, name)
);

create table session (
  id uuid primary key,
  account_id uuid not null references account,
  started_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index session_by_account on session (account_id);
create index session_by_revocation on session (revoked_at) where revoked_at is not null;
create index session_by_end on session (expires_at);

-- Used tokens stay as long as their session, so that a stolen one that is used again is recognised.
create table refresh_token (
  hash bytea primary key check (length(hash) = 32),
  session_id uuid not null references session on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_token_by_session on refresh_token (session_id);

-- The private part is PKCS#8, encrypted with a password that the database does not know.
create table signing_key (
  key_id text primary key,
  private_key bytea not null,
  x text not null,
  y text not null,
  signs_from timestamptz not null
);

grant select, insert, update on account to {app};
grant select, insert, update, delete on account_token, session, refresh_token to {app};
grant select, insert, delete on signing_key to {app};
