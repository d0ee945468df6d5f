-- What the law makes us erase (UU 27/2022 art. 8, 16(2)g): by retention and on request of the person. The words and the number go, with the salt of their commitment; the
-- message itself, its seal and a tombstone stay, and the chain still verifies. The service has no right to alter a word: it can only call erase_expired, whose
-- rules the owner alone sets.

create table erasure (
  message_id uuid primary key references message,
  ground text not null check (ground in ('Retention', 'Request')),
  erased_at timestamptz not null
);
create trigger erasure_is_append_only before update or delete or truncate on erasure for each statement execute function refuse_change();

create table retention_rule (
  kind text primary key,
  keep_for interval not null check (keep_for >= interval '7 days'),
  changed_at timestamptz not null default now()
);
-- Message: what is in a case. Loose: what is in none, and what was muted. Automatic: traces of what the system said by itself.
insert into retention_rule (kind, keep_for) values ('Message', '5 years'), ('Loose', '90 days'), ('Automatic', '30 days');

create function refuse_change_but_erasure() returns trigger language plpgsql as $$
begin
  if tg_op <> 'TRUNCATE' and current_setting('platform.erasing', true) = 'on' then
    return null;
  end if;
  raise exception 'table % is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

drop trigger message_content_is_append_only on message_content;
create trigger message_content_is_append_only before update or delete or truncate on message_content
  for each statement execute function refuse_change_but_erasure();

drop trigger message_part_content_is_append_only on message_part_content;
create trigger message_part_content_is_append_only before update or delete or truncate on message_part_content
  for each statement execute function refuse_change_but_erasure();
-- What was erased is not found either; the row stays, its words change.
drop trigger case_words_are_forgotten on message_content;
create or replace function forget_case_words() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update case_words w set words = coalesce((
    select to_tsvector('indonesian', string_agg(m.text, ' ')) from case_message o join message_content m on m.message_id = o.message_id where o.case_id = w.case_id), '')
  where w.case_id = (select case_id from case_message where message_id = new.message_id);
  return null;
end $$;
create trigger case_words_are_forgotten after update on message_content for each row execute function forget_case_words();

-- False: it was erased before.
create function erase_message(erased uuid, why text) returns boolean language plpgsql set search_path = public, pg_temp as $$
begin
  insert into erasure (message_id, ground, erased_at) values (erased, why, now()) on conflict do nothing;
  if not found then
    return false;
  end if;
  perform set_config('platform.erasing', 'on', true);
  -- An empty salt: erased by law.
  update message_content set salt = '', sender = '', sender_kind = 'Unknown', recipient = '', text = '', raw = '' where message_id = erased;
  update message_part_content set salt = '', sender = '', recipient = '', text = '', units = null, raw = ''
    where part_id in (select p.id from message_part p join part_set s on s.id = p.set_id where s.message_id = erased);
  perform set_config('platform.erasing', 'off', true);
  delete from submission_contact where message_id = erased;
  delete from auto_answer where message_id = erased;
  delete from case_event_content where event_id in (select e.id from case_event e join sms_case c on c.id = e.case_id where c.first_message_id = erased);
  delete from public_case where case_id in (select id from sms_case where first_message_id = erased);
  update publication set taken_down_at = coalesce(taken_down_at, now()), version = version + 1
    where case_id in (select id from sms_case where first_message_id = erased);
  return true;
end $$;
revoke execute on function erase_message(uuid, text) from public;

-- Erases what is older than its rule, oldest first; how many messages it erased. The database's clock counts, so that nobody erases early by a wrong one.
create function erase_expired(at_most int) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
  keep_message interval := (select keep_for from retention_rule where kind = 'Message');
  keep_loose interval := (select keep_for from retention_rule where kind = 'Loose');
  keep_automatic interval := (select keep_for from retention_rule where kind = 'Automatic');
begin
  delete from auto_answer where sent_at < now() - keep_automatic;
  delete from own_text where written_at < now() - keep_automatic;
  return (
    select count(*) filter (where erase_message(id, 'Retention')) from (
      select m.id from message m left join case_message part on part.message_id = m.id
      where m.received_at < now() - case when part.message_id is null then keep_loose else keep_message end
        and not exists (select from erasure e where e.message_id = m.id)
        -- A case that nobody has decided is not forgotten.
        and not exists (select from sms_case c where c.id = part.case_id and c.status in ('Unassigned', 'Open', 'AnswerFailed'))
      order by m.received_at limit at_most) expired);
end $$;
revoke execute on function erase_expired(int) from public;

grant select on erasure, retention_rule to {app};
grant execute on function erase_expired(int) to {app};
