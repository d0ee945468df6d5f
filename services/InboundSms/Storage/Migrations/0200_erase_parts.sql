-- Parts of a long message are erased with it, whatever became of them: a part that came late is a message of its own, which goes with the one that it continues, and
-- its bytes as a part go with it; parts that became no message, because each was a repeat, go like every message that is in no case.
create index message_continues on message (continues) where continues is not null;
create index part_set_repeats on part_set (closed_at) where message_id is null and closed_at is not null;

create function erase_part_content(parts uuid[]) returns void language sql set search_path = public, pg_temp as $$
  select set_config('platform.erasing', 'on', true);
  update message_part_content set salt = '', sender = '', recipient = '', text = '', units = null, raw = '' where part_id = any(parts) and salt <> '';
  select set_config('platform.erasing', 'off', true);
$$;
revoke execute on function erase_part_content(uuid[]) from public;

create or replace function erase_message(erased uuid, why text) returns boolean language plpgsql set search_path = public, pg_temp as $$
begin
  insert into erasure (message_id, ground, erased_at) values (erased, why, now()) on conflict do nothing;
  if not found then
    return false;
  end if;
  perform set_config('platform.erasing', 'on', true);
  -- An empty salt: erased by law.
  update message_content set salt = '', sender = '', sender_kind = 'Unknown', recipient = '', text = '', raw = '' where message_id = erased;
  perform set_config('platform.erasing', 'off', true);
  perform erase_part_content(array(
    select p.id from message_part p join part_set s on s.id = p.set_id where s.message_id = erased
    -- The id of such a message names its part (StorePart).
    union select substr(m.provider_message_id, 6)::uuid from message m where m.id = erased and m.continues is not null));
  perform erase_message(late.id, why) from message late where late.continues = erased;
  delete from submission_contact where message_id = erased;
  delete from auto_answer where message_id = erased;
  delete from case_event_content where event_id in (select e.id from case_event e join sms_case c on c.id = e.case_id where c.first_message_id = erased);
  delete from public_case where case_id in (select id from sms_case where first_message_id = erased);
  update publication set taken_down_at = coalesce(taken_down_at, now()), version = version + 1
    where case_id in (select id from sms_case where first_message_id = erased);
  return true;
end $$;

-- Of a sender, or before an instant.
create function erase_repeated_parts(of_sender text, closed_before timestamptz) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  perform erase_part_content(array(
    select p.id from part_set s join message_part p on p.set_id = s.id join message_part_content c on c.part_id = p.id
    where s.message_id is null and s.closed_at is not null and c.salt <> '' and (c.sender = of_sender or s.closed_at < closed_before)));
end $$;
revoke execute on function erase_repeated_parts(text, timestamptz) from public;

create or replace function erase_expired(at_most int) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
  keep_message interval := (select keep_for from retention_rule where kind = 'Message');
  keep_loose interval := (select keep_for from retention_rule where kind = 'Loose');
  keep_automatic interval := (select keep_for from retention_rule where kind = 'Automatic');
begin
  delete from auto_answer where sent_at < now() - keep_automatic;
  delete from own_text where written_at < now() - keep_automatic;
  perform erase_repeated_parts(null, now() - keep_loose);
  return (
    select count(*) filter (where erase_message(id, 'Retention')) from (
      select m.id from message m left join case_message part on part.message_id = m.id
      where m.received_at < now() - case when part.message_id is null then keep_loose else keep_message end
        and not exists (select from erasure e where e.message_id = m.id)
        -- A case that nobody has decided is not forgotten.
        and not exists (select from sms_case c where c.id = part.case_id and c.status in ('Unassigned', 'Open', 'AnswerFailed'))
      order by m.received_at limit at_most) expired);
end $$;
