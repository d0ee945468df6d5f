-- Who the organisation was, what officials were called, what accounts might, at any instant: by the triggers that keep the history of units and positions.
-- What is known of the time before: since its last act, it is as it is. An identity that nobody has entered has always been empty.
alter table organisation add column as_of timestamptz, add column effective_from timestamptz;
alter table official add column as_of timestamptz, add column effective_from timestamptz;
alter table account add column as_of timestamptz, add column effective_from timestamptz;
update organisation set effective_from = case when version = 0 then 'epoch' else coalesce((select max(at) from audit_entry where act = 'EditOrganisation'), now()) end;
update official set effective_from = coalesce((select max(at) from audit_entry where subject_id = official.id and act in ('RegisterOfficial', 'EditOfficial')), now());
update account set effective_from = coalesce((select max(at) from audit_entry where subject_id = account.id), now());
alter table organisation alter column effective_from set not null;
alter table official alter column effective_from set not null;
alter table account alter column effective_from set not null;

create table organisation_version (
  name text not null,
  seal_text text not null,
  letterhead text[] not null,
  address text not null,
  city text not null,
  telephone text not null,
  email text not null,
  website text not null,
  version bigint not null,
  valid_from timestamptz primary key,
  valid_to timestamptz,
  constraint organisation_version_one_at_a_time exclude using gist (tstzrange(valid_from, valid_to, '[)') with &&)
);

create table official_version (
  official_id uuid not null references official,
  employee_number text not null,
  name text not null,
  version bigint not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  primary key (official_id, valid_from),
  constraint official_version_one_at_a_time exclude using gist (official_id with =, tstzrange(valid_from, valid_to, '[)') with &&)
);
create index official_version_by_number on official_version (employee_number);

create table account_version (
  account_id uuid not null references account,
  user_login text not null,
  normalized_user_login text not null,
  official_id uuid references official,
  roles text[] not null,
  enabled boolean not null,
  has_password boolean not null,
  two_factor_enabled boolean not null,
  open_until timestamptz,
  version bigint not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  primary key (account_id, valid_from),
  constraint account_version_one_at_a_time exclude using gist (account_id with =, tstzrange(valid_from, valid_to, '[)') with &&)
);
create index account_version_by_login on account_version (normalized_user_login);

insert into organisation_version select name, seal_text, letterhead, address, city, telephone, email, website, version, effective_from from organisation;
insert into official_version select id, employee_number, name, version, effective_from from official;
insert into account_version select id, user_login, normalized_user_login, official_id, roles, enabled, password_hash is not null, two_factor_enabled, open_until, version, effective_from
  from account;

-- Only these columns have a history: others, as of a number or a sign-in, change without a word.
create function with_history(o official) returns text language sql immutable as $$ select row(o.employee_number, o.name)::text $$;
create function with_history(a account) returns text language sql stable as $$
  select row(a.user_login, a.official_id, a.roles, a.enabled, a.password_hash is not null, a.two_factor_enabled, a.open_until)::text
$$;
create function say_nothing() returns trigger language plpgsql as $$
begin
  new.as_of := null;
  return new;
end $$;

create trigger organisation_since_when before update on organisation for each row execute function say_since_when();
create trigger official_since_when_new before insert on official for each row execute function say_since_when();
create trigger official_since_when before update on official for each row
  when (with_history(new) is distinct from with_history(old)) execute function say_since_when();
create trigger official_otherwise before update on official for each row
  when (with_history(new) is not distinct from with_history(old)) execute function say_nothing();
create trigger account_since_when_new before insert on account for each row execute function say_since_when();
create trigger account_since_when before update on account for each row
  when (with_history(new) is distinct from with_history(old)) execute function say_since_when();
create trigger account_otherwise before update on account for each row
  when (with_history(new) is not distinct from with_history(old)) execute function say_nothing();

create function keep_organisation_history() returns trigger language plpgsql security definer set search_path from current as $$
begin
  update organisation_version set valid_to = new.effective_from where valid_to is null and valid_from < new.effective_from;
  insert into organisation_version
  values (new.name, new.seal_text, new.letterhead, new.address, new.city, new.telephone, new.email, new.website, new.version, new.effective_from)
  on conflict (valid_from) do update set name = excluded.name, seal_text = excluded.seal_text, letterhead = excluded.letterhead, address = excluded.address,
    city = excluded.city, telephone = excluded.telephone, email = excluded.email, website = excluded.website, version = excluded.version;
  return null;
end $$;
create trigger organisation_history after update on organisation for each row execute function keep_organisation_history();

create function keep_official_history() returns trigger language plpgsql security definer set search_path from current as $$
begin
  update official_version set valid_to = new.effective_from where official_id = new.id and valid_to is null and valid_from < new.effective_from;
  insert into official_version values (new.id, new.employee_number, new.name, new.version, new.effective_from)
  on conflict (official_id, valid_from) do update set employee_number = excluded.employee_number, name = excluded.name, version = excluded.version;
  return null;
end $$;
create trigger official_history_new after insert on official for each row execute function keep_official_history();
create trigger official_history after update on official for each row
  when (with_history(new) is distinct from with_history(old)) execute function keep_official_history();

create function keep_account_history() returns trigger language plpgsql security definer set search_path from current as $$
begin
  update account_version set valid_to = new.effective_from where account_id = new.id and valid_to is null and valid_from < new.effective_from;
  insert into account_version
  values (new.id, new.user_login, new.normalized_user_login, new.official_id, new.roles, new.enabled, new.password_hash is not null, new.two_factor_enabled, new.open_until,
    new.version, new.effective_from)
  on conflict (account_id, valid_from) do update set user_login = excluded.user_login, normalized_user_login = excluded.normalized_user_login,
    official_id = excluded.official_id, roles = excluded.roles, enabled = excluded.enabled, has_password = excluded.has_password,
    two_factor_enabled = excluded.two_factor_enabled, open_until = excluded.open_until, version = excluded.version;
  return null;
end $$;
create trigger account_history_new after insert on account for each row execute function keep_account_history();
create trigger account_history after update on account for each row
  when (with_history(new) is distinct from with_history(old)) execute function keep_account_history();

grant select on organisation_version, official_version, account_version to {app};
