-- Posts whose holders sign documents: they need a second factor.
alter table position add signs_documents boolean not null default false;
alter table position_version add signs_documents boolean not null default false;

create or replace function keep_position_history() returns trigger language plpgsql security definer set search_path from current as $$
begin
  update position_version set valid_to = new.effective_from where position_id = new.id and valid_to is null and valid_from < new.effective_from;
  insert into position_version (position_id, code, title, kind, grade, signs_documents, unit_id, closed_at, version, valid_from)
  values (new.id, new.code, new.title, new.kind, new.grade, new.signs_documents, new.unit_id, new.closed_at, new.version, new.effective_from)
  on conflict (position_id, valid_from) do update set code = excluded.code, title = excluded.title, kind = excluded.kind, grade = excluded.grade,
    signs_documents = excluded.signs_documents, unit_id = excluded.unit_id, closed_at = excluded.closed_at, version = excluded.version;
  return null;
end $$;
