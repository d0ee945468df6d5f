-- One row is one e-mail that somebody asked for; its states are those of an SMS. What identifies a person stands in email_content.
create table email (
  id uuid primary key,                       -- given by the asking service; a repeated command meets it
  purpose text not null,
  lane smallint not null,                    -- lower goes first
  is_test boolean not null,
  state text not null,
  reason text,
  is_contradictory boolean not null default false,
  version bigint not null default 0,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  expires_at timestamptz not null,
  next_attempt_at timestamptz not null,
  attempts int not null default 0,
  lease_no int not null default 0,           -- grows with each intent: an outcome belongs to one of them
  intent_at timestamptz,
  final_at timestamptz,
  trace_parent text
) with (fillfactor = 75);
create index email_due on email (lane, next_attempt_at) where state = 'Queued';
create index email_intent on email (intent_at) where state = 'Intent';
create index email_expiry on email (expires_at) where state = 'Queued';

-- Personal data. Retention removes the row; the e-mail and its history stay.
create table email_content (
  email_id uuid primary key references email,
  address text not null,
  subject text not null,
  text text not null,
  unsubscribe_url text
);

-- Evidence: what the mail server, a bounce or this service said. No personal data.
create table email_event (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  email_id uuid not null references email,
  at timestamptz not null,
  source text not null,                      -- answer, report, service
  code text not null,
  told text not null,
  reason text,
  effect text not null,
  salt bytea not null,
  commitment bytea not null
);
create index email_event_by_email on email_event (email_id, seq);
create trigger email_event_is_append_only before update or delete or truncate on email_event
  for each statement execute function refuse_change();

create function note_email_callback() returns trigger language plpgsql as $$
begin
  insert into callback (application_id, kind, message_id, message_version, reference, is_test, state, reason, is_contradictory, changed_at, next_attempt_at)
  select o.application_id, 'email', new.id, new.version, o.reference, o.is_test, new.state, new.reason, new.is_contradictory, new.changed_at, new.changed_at
  from application_message o join callback_address a on a.id = o.application_id
  where o.message_id = new.id and a.url is not null
  on conflict do nothing;
  return null;
end $$;
create trigger email_notes_callback after update on email for each row when (new.version > old.version) execute function note_email_callback();

grant select, insert, update on email to {app};
grant select, insert on email_content, email_event to {app};
