-- Address and words of an e-mail go when they have served, as number and words of an SMS do (0104).
insert into retention_rule (kind, keep_for) values ('Email', '90 days');

create or replace function erase_expired(at_most int) returns bigint language sql security definer set search_path = public, pg_temp as $$
  with expired as (
    select c.sms_id from sms_content c join sms s on s.id = c.sms_id
    where s.created_at < now() - (select keep_for from retention_rule where kind = 'Sms') and s.state not in ('Queued', 'Intent')
    order by s.created_at limit at_most for update of c skip locked),
  erased as (delete from sms_content where sms_id in (select sms_id from expired) returning 1),
  expired_email as (
    select c.email_id from email_content c join email e on e.id = c.email_id
    where e.created_at < now() - (select keep_for from retention_rule where kind = 'Email') and e.state not in ('Queued', 'Intent')
    order by e.created_at limit at_most for update of c skip locked),
  erased_email as (delete from email_content where email_id in (select email_id from expired_email) returning 1)
  select (select count(*) from erased) + (select count(*) from erased_email)
$$;
