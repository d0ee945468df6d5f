-- Where an application wants to hear what becomes of its messages. Secrets are not stored: they follow from a key in the settings, this id and the generation.
create table callback_address (
  id uuid primary key,                       -- the application
  url text,                                  -- null: it wants to hear nothing any more
  generation int not null,
  old_until timestamptz,                     -- until then the secret of the generation before signs as well
  failures int not null default 0,           -- in a row; from some on the address rests between single tries
  rests_until timestamptz,
  version bigint not null
);

-- What is to be told, in a row of its own before the call. No personal data.
create table callback (
  seq bigint generated always as identity primary key,
  id uuid not null unique default gen_random_uuid(),   -- webhook-id, the same at every try
  application_id uuid not null references callback_address,
  kind text not null,
  message_id uuid not null,
  message_version bigint not null,
  reference text,
  is_test boolean not null,
  state text not null,
  reason text,
  is_contradictory boolean not null,
  changed_at timestamptz not null,
  outcome text not null default 'Waiting',   -- Waiting, Delivered, Failed
  attempts int not null default 0,           -- counted before the call: an outcome belongs to one of them
  next_attempt_at timestamptz not null,
  last_attempt_at timestamptz,
  last_answer text,
  unique (message_id, message_version)
) with (fillfactor = 80);
create index callback_due on callback (application_id, next_attempt_at) where outcome = 'Waiting';
create index callback_waiting on callback (message_id, message_version) where outcome = 'Waiting';
create index callback_newest on callback (outcome, changed_at desc, id desc);

-- However a status is written, one by one or many at once: in the same transaction stands what its application will hear.
create function note_sms_callback() returns trigger language plpgsql as $$
begin
  insert into callback (application_id, kind, message_id, message_version, reference, is_test, state, reason, is_contradictory, changed_at, next_attempt_at)
  select o.application_id, 'sms', new.id, new.version, o.reference, o.is_test, new.state, new.reason, new.is_contradictory, new.changed_at, new.changed_at
  from application_message o join callback_address a on a.id = o.application_id
  where o.message_id = new.id and a.url is not null
  on conflict do nothing;
  return null;
end $$;
create trigger sms_notes_callback after update on sms for each row when (new.version > old.version) execute function note_sms_callback();

grant select, insert, update on callback_address to {app};
grant select, insert, update, delete on callback to {app};
