-- Units and positions as they were, [valid_from, valid_to), written by the database itself: no code can forget it, and the service cannot alter it (DIR-1).
-- as_of says since when a change holds; the trigger takes it over and leaves null, so that who says nothing means now.
alter table unit add column as_of timestamptz, add column effective_from timestamptz;
alter table position add column as_of timestamptz, add column effective_from timestamptz;
-- What is known of the time before: since its last act, it is as it is.
update unit set effective_from = coalesce((select max(at) from audit_entry where subject_id = unit.id), now());
update position set effective_from = coalesce((select max(at) from audit_entry where subject_id = position.id), now());
alter table unit alter column effective_from set not null;
alter table position alter column effective_from set not null;

create table unit_version (
  unit_id uuid not null references unit,
  code text not null,
  name text not null,
  parent_id uuid references unit,
  closed_at timestamptz,
  version bigint not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  primary key (unit_id, valid_from),
  constraint unit_version_one_at_a_time exclude using gist (unit_id with =, tstzrange(valid_from, valid_to, '[)') with &&)
);
create index unit_version_by_code on unit_version (code);
create index unit_version_by_parent on unit_version (parent_id);

create table position_version (
  position_id uuid not null references position,
  code text not null,
  title text not null,
  kind text not null,
  grade text,
  unit_id uuid not null references unit,
  keyword text,
  closed_at timestamptz,
  version bigint not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  primary key (position_id, valid_from),
  constraint position_version_one_at_a_time exclude using gist (position_id with =, tstzrange(valid_from, valid_to, '[)') with &&)
);
create index position_version_by_code on position_version (code);
create index position_version_by_unit on position_version (unit_id);

insert into unit_version select id, code, name, parent_id, closed_at, version, effective_from from unit;
insert into position_version select id, code, title, kind, grade, unit_id, keyword, closed_at, version, effective_from from position;

-- What became known later never changes what was known for earlier: a change that claims to hold from before the last one holds from the last one on.
create function say_since_when() returns trigger language plpgsql as $$
begin
  new.effective_from := coalesce(new.as_of, now());
  if tg_op = 'UPDATE' then
    new.effective_from := greatest(new.effective_from, old.effective_from);
  end if;
  new.as_of := null;
  return new;
end $$;
create trigger unit_since_when before insert or update on unit for each row execute function say_since_when();
create trigger position_since_when before insert or update on position for each row execute function say_since_when();

-- Several changes at one instant are one: the last of them is how it was from there on.
create function keep_unit_history() returns trigger language plpgsql security definer set search_path from current as $$
begin
  update unit_version set valid_to = new.effective_from where unit_id = new.id and valid_to is null and valid_from < new.effective_from;
  insert into unit_version values (new.id, new.code, new.name, new.parent_id, new.closed_at, new.version, new.effective_from)
  on conflict (unit_id, valid_from) do update set code = excluded.code, name = excluded.name, parent_id = excluded.parent_id,
    closed_at = excluded.closed_at, version = excluded.version;
  return null;
end $$;
create trigger unit_history after insert or update on unit for each row execute function keep_unit_history();

create function keep_position_history() returns trigger language plpgsql security definer set search_path from current as $$
begin
  update position_version set valid_to = new.effective_from where position_id = new.id and valid_to is null and valid_from < new.effective_from;
  insert into position_version
  values (new.id, new.code, new.title, new.kind, new.grade, new.unit_id, new.keyword, new.closed_at, new.version, new.effective_from)
  on conflict (position_id, valid_from) do update set code = excluded.code, title = excluded.title, kind = excluded.kind, grade = excluded.grade,
    unit_id = excluded.unit_id, keyword = excluded.keyword, closed_at = excluded.closed_at, version = excluded.version;
  return null;
end $$;
create trigger position_history after insert or update on position for each row execute function keep_position_history();

-- The unit and all below it, as the tree was at an instant ('infinity': as it is). The one way to ask; a code is a name and says nothing about the tree.
create function units_below(root uuid, at timestamptz) returns table (unit_id uuid) language sql stable as $$
  with recursive below as (
    select root as id
    union
    select v.unit_id from unit_version v join below b on v.parent_id = b.id
    where v.valid_from <= at and (v.valid_to is null or at < v.valid_to)
  )
  select b.id from below b
$$;

grant select on unit_version, position_version to {app};
