-- What everybody may know of a unit's service (SPBE 24(4) a-f); its response time is computed. The id is the unit's.
create table service_information (
  id uuid primary key,
  provider text,
  staff text,
  standards text,
  procedures text,
  pledge text,
  complaints text,
  edited_by text not null,
  edited_at timestamptz not null,
  version bigint not null
);

-- Each version as it was, kept by the database itself.
create table service_information_version (like service_information, primary key (id, version));
create trigger service_information_version_is_append_only before update or delete or truncate on service_information_version
  for each statement execute function refuse_change();
create function keep_service_information() returns trigger language plpgsql as $$
begin
  insert into service_information_version select new.*;
  return null;
end $$;
create trigger service_information_is_kept after insert or update on service_information for each row execute function keep_service_information();

grant select, insert, update on service_information to {app};
grant select, insert on service_information_version to {app};
