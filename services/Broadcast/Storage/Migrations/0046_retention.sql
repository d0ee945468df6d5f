-- Numbers go when they have served (UU 27/2022 art. 16(2)g), and words that came back; lists, counts, hashes and the sealed history stay and add up. The service can only
-- ask for it: the rule is the owner's (deploy/privacy keep Broadcast DAYS).
create table retention_rule (
  kind text primary key,
  keep_for interval not null check (keep_for >= interval '7 days'),
  changed_at timestamptz not null default now()
);
insert into retention_rule (kind, keep_for) values ('Broadcast', '365 days');
grant select on retention_rule to {app};

alter table broadcast add column numbers_erased_at timestamptz;
create index broadcast_with_numbers on broadcast (coalesce(ended_at, changed_at)) where numbers_erased_at is null and state in ('Completed', 'Cancelled', 'Rejected');

-- Of one broadcast that is over, all its revisions. An answer that comes later finds nobody any more.
create function erase_numbers(wanted uuid) returns bigint language sql security definer set search_path = public, pg_temp as $$
  with forgotten as (delete from recipient_pseudonym where broadcast_id = wanted),
  again as (update resend set number = null where broadcast_id = wanted),
  said as (update missing_report set note = null where broadcast_id = wanted and note is not null),
  erased as (update recipient set number = null where broadcast_id = wanted and number is not null returning 1),
  done as (update broadcast set numbers_erased_at = now() where id = wanted)
  select count(*) from erased
$$;
revoke execute on function erase_numbers(uuid) from public;

-- The database's clock counts, so that nobody erases early by a wrong one. One broadcast at a time, two instances take different ones; answers by their own age.
create function erase_expired(at_most int) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
  border timestamptz := now() - (select keep_for from retention_rule where kind = 'Broadcast');
  next uuid;
  erased bigint := 0;
  words bigint;
begin
  select id into next from broadcast
    where numbers_erased_at is null and state in ('Completed', 'Cancelled', 'Rejected') and coalesce(ended_at, changed_at) < border
    order by coalesce(ended_at, changed_at) limit 1 for update skip locked;
  if next is not null then
    erased := 1 + erase_numbers(next);
  end if;
  with expired as (
    select c.answer_id from answer_content c join answer a on a.id = c.answer_id where a.at < border limit at_most for update of c skip locked)
  delete from answer_content where answer_id in (select answer_id from expired);
  get diagnostics words = row_count;
  return erased + words;
end
$$;
revoke execute on function erase_expired(int) from public;
grant execute on function erase_expired(int) to {app};
