-- Words of a position with their validity (DIR-4): one primary word, aliases, misspellings. After its end a word rests before another post may have it.

-- Rows that exclude each other are written one after the other. Without this each of two writers at once would wait for the other at the
-- exclusion constraint, and one of them die of the deadlock instead of hearing which rule it broke. These tables change seldom.
create function one_at_a_time() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext(tg_table_name));
  return null;
end $$;

create table position_keyword (
  id uuid primary key,
  position_id uuid not null references position,
  word text not null check (word ~ '^[A-Z0-9]{2,16}$'),
  kind text not null check (kind in ('Primary', 'Alias', 'Misspelling')),
  valid_from timestamptz not null,
  valid_to timestamptz,
  rests_until timestamptz,
  constraint position_keyword_ends_after_start check (valid_to >= valid_from),
  constraint position_keyword_rests_after_end check (rests_until >= valid_to and (rests_until is null) = (valid_to is null)),
  -- Checked in this order: a word in use is told from one that rests.
  constraint position_keyword_once exclude using gist (word with =, tstzrange(valid_from, valid_to, '[)') with &&),
  constraint position_keyword_rests exclude using gist (word with =, position_id with <>, tstzrange(valid_from, rests_until, '[)') with &&),
  constraint position_keyword_one_primary exclude using gist (position_id with =, tstzrange(valid_from, valid_to, '[)') with &&) where (kind = 'Primary')
);
create index position_keyword_by_position on position_keyword (position_id);
create index position_keyword_by_time on position_keyword (valid_from desc, id desc);
create trigger position_keyword_one_at_a_time before insert or update on position_keyword for each statement execute function one_at_a_time();

-- Since when is not known of those that are in use already.
insert into position_keyword (id, position_id, word, kind, valid_from)
  select gen_random_uuid(), id, keyword, 'Primary', 'epoch' from position where keyword is not null;

-- The history of words is in their own rows now; that of positions goes on without them.
create or replace function keep_position_history() returns trigger language plpgsql security definer set search_path from current as $$
begin
  update position_version set valid_to = new.effective_from where position_id = new.id and valid_to is null and valid_from < new.effective_from;
  insert into position_version (position_id, code, title, kind, grade, unit_id, closed_at, version, valid_from)
  values (new.id, new.code, new.title, new.kind, new.grade, new.unit_id, new.closed_at, new.version, new.effective_from)
  on conflict (position_id, valid_from) do update set code = excluded.code, title = excluded.title, kind = excluded.kind, grade = excluded.grade,
    unit_id = excluded.unit_id, closed_at = excluded.closed_at, version = excluded.version;
  return null;
end $$;
alter table position_version drop column keyword;
alter table position drop column keyword;

grant select, insert, update on position_keyword to {app};
