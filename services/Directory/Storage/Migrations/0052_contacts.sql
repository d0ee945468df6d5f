-- Sender IDs with their validity (DIR-4), and whose a notice number was before (DIR-5).
create table official_sender_id (
  id uuid primary key,
  official_id uuid not null references official,
  sender_id text not null check (sender_id ~ '^[A-Za-z0-9]{1,8}$' and sender_id ~ '[A-Za-z]'),
  valid_from timestamptz not null,
  valid_to timestamptz,
  rests_until timestamptz,
  constraint official_sender_id_ends_after_start check (valid_to >= valid_from),
  constraint official_sender_id_rests_after_end check (rests_until >= valid_to and (rests_until is null) = (valid_to is null)),
  -- Telephones show a sender's name, people do not tell BUPATI from Bupati.
  constraint official_sender_id_once exclude using gist (upper(sender_id) with =, tstzrange(valid_from, valid_to, '[)') with &&),
  constraint official_sender_id_rests exclude using gist (upper(sender_id) with =, official_id with <>, tstzrange(valid_from, rests_until, '[)') with &&),
  constraint official_sender_id_one exclude using gist (official_id with =, tstzrange(valid_from, valid_to, '[)') with &&)
);
create index official_sender_id_by_time on official_sender_id (valid_from desc, id desc);
create trigger official_sender_id_one_at_a_time before insert or update on official_sender_id for each statement execute function one_at_a_time();

-- Since when is not known of those that are in use already.
insert into official_sender_id (id, official_id, sender_id, valid_from) select gen_random_uuid(), id, sender_id, 'epoch' from official where sender_id is not null;
alter table official drop column sender_id, add column notice_phone_since timestamptz;

create table former_notice_phone (
  id uuid primary key,
  official_id uuid not null references official,
  number text not null check (number ~ '^\+[1-9][0-9]{7,14}$'),
  used_from timestamptz,
  used_to timestamptz not null check (used_to >= used_from)
);
create index former_notice_phone_by_number on former_notice_phone (number);
create index former_notice_phone_by_official on former_notice_phone (official_id);

grant select, insert, update on official_sender_id to {app};
grant select, insert on former_notice_phone to {app};
