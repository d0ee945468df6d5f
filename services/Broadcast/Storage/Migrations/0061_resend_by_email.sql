-- Whom no SMS reaches gets the same by e-mail, at an address that the administrator was told: no directory knows one. It goes when numbers go.
alter table resend
  add column via text not null default 'Sms' check (via in ('Sms', 'Email')),
  add column email text;                 -- of then; null after its time
drop index resend_with_number;
create index resend_with_address on resend (ordered_at) where num_nonnulls(number, email) > 0;

create or replace function erase_numbers(wanted uuid) returns bigint language sql security definer set search_path = public, pg_temp as $$
  with forgotten as (delete from recipient_pseudonym where broadcast_id = wanted),
  again as (update resend set number = null, email = null where broadcast_id = wanted),
  said as (update missing_report set note = null where broadcast_id = wanted and note is not null),
  erased as (update recipient set number = null where broadcast_id = wanted and number is not null returning 1),
  done as (update broadcast set numbers_erased_at = now() where id = wanted)
  select count(*) from erased
$$;

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
  addresses as (
    update resend set number = null, email = null where sms_id in (
      select sms_id from resend where num_nonnulls(number, email) > 0 and ordered_at < border limit at_most for update skip locked) returning 1),
  notes as (
    update missing_report set note = null where (broadcast_id, official_id) in (
      select broadcast_id, official_id from missing_report where note is not null and reported_at < border limit at_most for update skip locked) returning 1)
  select (select count(*) from words) + (select count(*) from addresses) + (select count(*) from notes) into others;
  return erased + others;
end
$$;
