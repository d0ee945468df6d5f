-- What a message is (BJN 10(1)), how urgent it is (SPBE 24(2)), whose keyword was probably meant, and that no answer is due (BJN 10(2)).
alter table sms_case
  add column class text,
  add column class_by text,
  add column class_rule text,
  add column priority text not null default 'Normal',
  add column suggested_keyword text,
  add constraint sms_case_class_has_chooser check ((class is null) = (class_by is null)),
  drop constraint sms_case_check,
  add constraint sms_case_has_position check (status = 'SetAside' or (status = 'Unassigned') = (position_id is null));
create index sms_case_emergencies on sms_case (received_at desc) where priority = 'Emergency';

-- A message is either part of a case or kept here, for one of few reasons: each is in exactly one place.
create table kept_message (
  message_id uuid primary key references message,
  reason text not null,
  kept_at timestamptz not null
);
create trigger kept_message_is_append_only before update or delete or truncate on kept_message for each statement execute function refuse_change();

-- Each kind of automatic answer has a budget of its own.
alter table auto_answer add column kind text not null default 'Help';

-- What the system has written by itself, so that it is known when it comes back. Recipient null: a notice to an official, whose number is not known here.
create table own_text (
  id uuid primary key,
  hash bytea not null check (length(hash) = 32),
  recipient text,
  written_at timestamptz not null
);
create index own_text_by_hash on own_text (hash);

grant select, insert on kept_message, own_text to {app};
