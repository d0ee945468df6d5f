-- The same words of one number twice within two minutes, under two ids: probably the network's repeat. Both are kept; a person decides, nothing is dropped.
create table suspected_duplicate (
  message_id uuid primary key references message,
  original_id uuid not null references message,
  found_at timestamptz not null,
  verdict text check (verdict in ('Duplicate', 'OwnMatter')),
  decided_by text,
  decided_at timestamptz,
  check ((verdict is null) = (decided_by is null) and (verdict is null) = (decided_at is null))
);
create index suspected_duplicate_open on suspected_duplicate (found_at desc, message_id desc) where verdict is null;
create index suspected_duplicate_decided on suspected_duplicate (found_at desc, message_id desc) where verdict is not null;

-- A message that is a matter of its own goes to a case of its own, and is found there (case_words: inbox search, a later file).
create function case_words_follow() returns trigger language plpgsql as $$
begin
  insert into case_words (case_id, position_id, words)
  select c.id, coalesce(c.position_id, '00000000-0000-0000-0000-000000000000'), to_tsvector('indonesian', m.text)
  from sms_case c, message_content m where c.id = new.case_id and m.message_id = new.message_id
  on conflict (case_id) do nothing;
  return null;
end $$;
create trigger case_words_follow after update of case_id on case_message for each row execute function case_words_follow();

grant select, insert, update (verdict, decided_by, decided_at) on suspected_duplicate to {app};
grant update (case_id) on case_message to {app};
