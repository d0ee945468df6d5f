-- Number and words go when they have served (UU 27/2022 art. 16(2)g); the SMS, its segments and its sealed history stay, without anything personal. The service can
-- only ask for it: the rule is the owner's (deploy/privacy keep).
create table retention_rule (
  kind text primary key,
  keep_for interval not null check (keep_for >= interval '7 days'),
  changed_at timestamptz not null default now()
);
insert into retention_rule (kind, keep_for) values ('Sms', '90 days');

-- Never what may still be handed over. The database's clock counts, so that nobody erases early by a wrong one.
create function erase_expired(at_most int) returns bigint language sql security definer set search_path = public, pg_temp as $$
  with expired as (
    select c.sms_id from sms_content c join sms s on s.id = c.sms_id
    where s.created_at < now() - (select keep_for from retention_rule where kind = 'Sms') and s.state not in ('Queued', 'Intent')
    order by s.created_at limit at_most for update of c skip locked),
  erased as (delete from sms_content where sms_id in (select sms_id from expired) returning 1)
  select count(*) from erased
$$;
revoke execute on function erase_expired(int) from public;
grant execute on function erase_expired(int) to {app};
grant select on retention_rule to {app};
