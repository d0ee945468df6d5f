-- A draft that was submitted once has a list with numbers: abandoned, it never ends, and they go by its last change all the same. Only what still runs by itself or was begun keeps them:
-- from every other state it needs a new list, which gives the broadcast new numbers, or a signature that does not fit any more.
drop index broadcast_with_numbers;
create index broadcast_with_numbers on broadcast (coalesce(ended_at, changed_at)) where numbers_erased_at is null and state not in ('Scheduled', 'Sending', 'Paused');

create or replace function erase_expired(at_most int) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
  border timestamptz := now() - (select keep_for from retention_rule where kind = 'Broadcast');
  next uuid;
  erased bigint := 0;
  others bigint;
begin
  select id into next from broadcast
    where numbers_erased_at is null and state not in ('Scheduled', 'Sending', 'Paused') and coalesce(ended_at, changed_at) < border
    order by coalesce(ended_at, changed_at) limit 1 for update skip locked;
  if next is not null then
    erased := 1 + erase_numbers(next);
  end if;
  with words as (
    delete from answer_content where answer_id in (
      select c.answer_id from answer_content c join answer a on a.id = c.answer_id where a.at < border limit at_most for update of c skip locked) returning 1),
  numbers as (
    update resend set number = null where sms_id in (
      select sms_id from resend where number is not null and ordered_at < border limit at_most for update skip locked) returning 1),
  notes as (
    update missing_report set note = null where (broadcast_id, official_id) in (
      select broadcast_id, official_id from missing_report where note is not null and reported_at < border limit at_most for update skip locked) returning 1)
  select (select count(*) from words) + (select count(*) from numbers) + (select count(*) from notes) into others;
  return erased + others;
end
$$;
