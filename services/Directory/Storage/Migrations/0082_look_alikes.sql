-- Sender IDs are compared as the eye takes them: 0RG1 is ORG1, and a small L is a capital I (DIR-4). By a trigger and not by a constraint, which would not go over two
-- that look alike already: both go on until they are released, and nobody gets either of them after that as long as the other is in use or rests. The lock of
-- official_sender_id_one_at_a_time makes it exact.
create function looks(sender_id text) returns text language sql immutable as $$ select translate(upper(sender_id), 'L013458', 'IOIEASB') $$;
create index official_sender_id_by_looks on official_sender_id (looks(sender_id));

create function keep_looks_apart() returns trigger language plpgsql as $$
begin
  if exists (select from official_sender_id o where looks(o.sender_id) = looks(new.sender_id) and o.official_id <> new.official_id
      and tstzrange(o.valid_from, o.valid_to, '[)') && tstzrange(new.valid_from, new.valid_to, '[)')) then
    raise exception 'looks like a sender ID in use' using errcode = 'unique_violation', constraint = 'official_sender_id_once';
  elsif exists (select from official_sender_id o where looks(o.sender_id) = looks(new.sender_id) and o.official_id <> new.official_id
      and tstzrange(o.valid_from, o.rests_until, '[)') && tstzrange(new.valid_from, new.rests_until, '[)')) then
    raise exception 'looks like a sender ID that rests' using errcode = 'unique_violation', constraint = 'official_sender_id_rests';
  end if;
  return null;
end $$;
create trigger official_sender_id_looks after insert on official_sender_id for each row execute function keep_looks_apart();
