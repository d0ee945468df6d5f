-- Units, positions, officials, and who held what and when (DIR-1).
create extension if not exists btree_gist;

create table unit (
  id uuid primary key,
  code text not null unique,
  name text not null,
  parent_id uuid references unit,
  version bigint not null
);
create index unit_by_parent on unit (parent_id);

-- The tree stays a tree also when two administrators move two units at the same time: moves queue up at the lock, and the walk upwards
-- sees what the one before has committed.
create function keep_unit_tree() returns trigger language plpgsql as $$
declare
  above uuid := new.parent_id;
begin
  perform pg_advisory_xact_lock(hashtext('unit_tree'));
  while above is not null loop
    if above = new.id then
      raise exception 'unit % would stand below itself', new.code using errcode = 'check_violation', constraint = 'unit_without_cycle';
    end if;
    select parent_id into above from unit where id = above;
  end loop;
  return new;
end $$;
create trigger unit_without_cycle before update of parent_id on unit
  for each row when (new.parent_id is distinct from old.parent_id) execute function keep_unit_tree();

create table position (
  id uuid primary key,
  code text not null unique,
  title text not null,
  kind text not null check (kind in ('Mayor', 'DeputyMayor', 'RegionalSecretary', 'Assistant', 'HeadOfUnit', 'Staff')),
  unit_id uuid not null references unit,
  keyword text unique check (keyword ~ '^[A-Z0-9]{2,16}$'),
  version bigint not null
);
create index position_by_unit on position (unit_id);

-- BJN 12(1)b: one number per person, and a number is one person's. BJN 1(20), KOR 1(17): a sender ID has at most 8 characters.
create table official (
  id uuid primary key,
  employee_number text not null unique,
  name text not null,
  notice_phone text unique check (notice_phone ~ '^\+[1-9][0-9]{7,14}$'),
  sender_id text check (sender_id ~ '^[A-Za-z0-9]{1,8}$' and sender_id ~ '[A-Za-z]'),
  version bigint not null
);
-- Telephones show a sender's name, people do not tell BUPATI from Bupati.
create unique index official_sender_id_key on official (upper(sender_id));

create table assignment (
  id uuid primary key,
  official_id uuid not null references official,
  position_id uuid not null references position,
  kind text not null check (kind in ('Definitive')),
  held_from timestamptz not null,
  held_to timestamptz,
  version bigint not null,
  constraint assignment_ends_after_start check (held_to > held_from),
  constraint assignment_one_holder exclude using gist (position_id with =, tstzrange(held_from, held_to, '[)') with &&) where (kind = 'Definitive')
);
create index assignment_by_official on assignment (official_id);
create index assignment_by_time on assignment (held_from desc, id desc);

grant select, insert, update on unit, position, official, assignment to {app};
