-- The inbox at a million cases: whatever is asked, an index gives the first page in its order, for one position after the other or for the secretariat over all.
drop index sms_case_by_position;
create index sms_case_by_position on sms_case (position_id, received_at desc, first_message_id desc);
create index sms_case_by_position_status on sms_case (position_id, status, received_at desc, first_message_id desc);
create index sms_case_by_time on sms_case (received_at desc, first_message_id desc);
create index sms_case_by_status on sms_case (status, received_at desc, first_message_id desc);
create index sms_case_by_keyword on sms_case (keyword, received_at desc, first_message_id desc);
create index sms_case_by_class on sms_case (class, received_at desc, first_message_id desc);
drop index sms_case_by_handler;
create index sms_case_by_handler on sms_case (handler_id, position_id, received_at desc, first_message_id desc) where handler_id is not null;
-- What waits is little beside what is done.
create index sms_case_waiting_by_position on sms_case (position_id, priority, due_at, first_message_id) where status in ('Unassigned', 'Open', 'AnswerFailed');
create index sms_case_waiting on sms_case (priority, due_at, first_message_id) where status in ('Unassigned', 'Open', 'AnswerFailed');

-- The words of a case, for searching only. Beside its position, so that one index finds what a unit has and passes over what the others have.
create extension if not exists btree_gin;
create table case_words (
  case_id uuid primary key references sms_case,
  position_id uuid not null,                     -- zeros in the tray
  words tsvector not null
);

create function keep_case_words() returns trigger language plpgsql as $$
begin
  -- A flood of one number is one case: at some length nobody searches it any more, and a tsvector has its limit.
  insert into case_words (case_id, position_id, words)
  select c.id, coalesce(c.position_id, '00000000-0000-0000-0000-000000000000'), to_tsvector('indonesian', m.text)
  from sms_case c, message_content m where c.id = new.case_id and m.message_id = new.message_id
  on conflict (case_id) do update set words = case_words.words || excluded.words where length(case_words.words) < 5000;
  return null;
end $$;
create trigger case_words_are_kept after insert on case_message for each row execute function keep_case_words();

create function move_case_words() returns trigger language plpgsql as $$
begin
  update case_words set position_id = new.position_id where case_id = new.id;
  return null;
end $$;
create trigger case_words_are_moved after update of position_id on sms_case for each row
  when (old.position_id is distinct from new.position_id and new.position_id is not null) execute function move_case_words();

-- What the law made us erase is not found either.
create function forget_case_words() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update case_words w set words = coalesce((
    select to_tsvector('indonesian', string_agg(m.text, ' ')) from case_message o join message_content m on m.message_id = o.message_id where o.case_id = w.case_id), '')
  where w.case_id = (select case_id from case_message where message_id = old.message_id);
  return null;
end $$;
create trigger case_words_are_forgotten after delete on message_content for each row execute function forget_case_words();

insert into case_words (case_id, position_id, words)
select c.id, coalesce(c.position_id, '00000000-0000-0000-0000-000000000000'), to_tsvector('indonesian', string_agg(m.text, ' '))
from sms_case c join case_message o on o.case_id = c.id join message_content m on m.message_id = o.message_id group by c.id;
create index case_words_by_position on case_words using gin (position_id, words);

-- A unit and all below it in the copy's tree. A code is a name and says nothing about the tree.
create function unit_and_below(root uuid) returns table (unit_id uuid) language sql stable rows 10 as $$
  with recursive below as (
    select root as id
    union
    select u.id from organisation.unit u join below b on u.parent_id = b.id
  )
  select b.id from below b
$$;

-- Who looked for a number, and why. Not the number itself: what it found stands in the history of the cases.
create table number_search (
  id uuid primary key,
  at timestamptz not null,
  actor text not null,
  reason text not null,
  found int not null
);
create index number_search_by_time on number_search (at desc, id desc);
create trigger number_search_is_append_only before update or delete or truncate on number_search for each statement execute function refuse_change();

grant select, insert, update on case_words to {app};
grant select, insert on number_search to {app};
