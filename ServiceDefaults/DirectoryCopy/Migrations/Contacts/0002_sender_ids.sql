-- The names that an official's messages carry, each with its validity, so that a change that was entered ahead takes effect by itself (DIR-4).
create table contacts.sender_id (
  official_id uuid not null,
  sender_id text not null,
  valid_from timestamptz not null,
  valid_to timestamptz
);
create index sender_id_by_official on contacts.sender_id (official_id);

-- The one that was known is right until Directory says more: version 0 asks for that. The column is read no more; it stays for the services' own migrations that
-- move an older copy here.
insert into contacts.sender_id (official_id, sender_id, valid_from) select official_id, sender_id, 'epoch' from contacts.contact where sender_id is not null;
update contacts.contact set version = 0;

grant select, insert, delete on contacts.sender_id to {app};
