-- The quick reaction team (SPBE 24(2)): who is on duty when. Unit null: the secretariat's own. Several may be on duty at once.
create table duty_shift (
  id uuid primary key,
  unit_id uuid,
  official_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  entered_by text not null,
  entered_at timestamptz not null,
  version bigint not null,
  check (starts_at < ends_at)
);
create index duty_shift_by_unit on duty_shift (unit_id, ends_at);

-- Words that raise a case of the unit. What is taken away stays, with who did it.
create table emergency_word (
  id uuid primary key,
  unit_id uuid not null,
  word text not null,
  added_by text not null,
  added_at timestamptz not null,
  removed_by text,
  removed_at timestamptz
);
create unique index emergency_word_once on emergency_word (unit_id, word) where removed_at is null;

grant select, insert, update, delete on duty_shift to {app};
grant select, insert, update on emergency_word to {app};
