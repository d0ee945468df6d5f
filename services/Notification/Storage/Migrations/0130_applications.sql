-- Messages that applications order through the API. A row of its own, written with the order: the message itself follows when the order is taken. No personal data.
create table application_message (
  message_id uuid primary key,
  kind text not null,                        -- Sms, Email
  application_id uuid not null,
  reference text,                            -- the application's own name for it, not unique
  is_test boolean not null,
  template_id uuid,
  template_version bigint,
  segments smallint not null,                -- 0: an e-mail
  created_at timestamptz not null
);
create index application_message_newest on application_message (application_id, kind, created_at desc, message_id desc);
create index application_message_by_reference on application_message (application_id, kind, reference, created_at desc, message_id desc) where reference is not null;

-- An application is known here from its first order on.
create table sending_application (
  id uuid primary key,
  first_order_at timestamptz not null,
  per_day int check (per_day >= 0),          -- null: as many as the settings say
  version bigint not null default 1
);
create index sending_application_newest on sending_application (first_order_at desc, id desc);

-- Messages of a day of the city's calendar: counted as they are ordered, never by looking through them.
create table application_day (
  application_id uuid not null,
  day date not null,
  is_test boolean not null,
  ordered int not null,
  primary key (application_id, day, is_test)
);

-- Texts that applications send, and every version that was ever sent.
create table template (
  id uuid primary key,
  name text not null,
  created_at timestamptz not null,
  retired_at timestamptz,
  version bigint not null
);
create unique index template_name_key on template (lower(name));
create index template_newest on template (created_at desc, id desc);

create table template_version (
  template_id uuid not null references template,
  version bigint not null,
  indonesian text not null,
  english text,                              -- null: there is none, and Indonesian is sent
  subject_indonesian text,                   -- of an e-mail; null: an SMS
  subject_english text,
  written_at timestamptz not null,
  written_by text not null,
  primary key (template_id, version)
);
create trigger template_version_is_append_only before update or delete or truncate on template_version
  for each statement execute function refuse_change();

grant select, insert on application_message, template_version to {app};
grant select, insert, update on sending_application, application_day, template to {app};
