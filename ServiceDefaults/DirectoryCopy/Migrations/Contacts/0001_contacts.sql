-- A service's own copy of how officials are reached. Personal data.
create schema contacts;

create table contacts.contact (
  official_id uuid primary key,
  notice_phone text,
  sender_id text,
  version bigint not null
);

grant usage on schema contacts to {app};
grant select, insert, update on contacts.contact to {app};
