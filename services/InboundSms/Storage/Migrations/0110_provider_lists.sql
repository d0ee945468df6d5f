-- When the provider's list of a channel was last asked, by whichever instance, and up to when it is known to be complete.
create table provider_list (
  channel text primary key,
  watched_since timestamptz not null,
  asked_at timestamptz not null,
  listed_until timestamptz
);

-- Answers of a list that tells each message only once: durable before anything is read of them, gone when their messages are stored.
create table pulled_page (
  id bigint generated always as identity primary key,
  channel text not null,
  pulled_at timestamptz not null,
  body bytea not null
);

grant select, insert, update on provider_list to {app};
grant select, insert, delete on pulled_page to {app};
