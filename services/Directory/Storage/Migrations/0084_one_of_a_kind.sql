-- One head for a unit, since he appoints its operator (DIR-3), and one head of region, deputy and secretary (UU 23/2014, 59, 63, 213). For new posts only: what is there stays, and
-- in a merger two heads stand in one unit until one of the posts is closed. position_in_open_unit has taken the lock of the tree by now, so two at once are seen.
create function keep_posts_single() returns trigger language plpgsql as $$
begin
  if exists (select from position p where p.id <> new.id and p.closed_at is null and p.kind = new.kind and (p.unit_id = new.unit_id or new.kind <> 'HeadOfUnit')) then
    raise exception 'there is a % already', new.kind using errcode = 'unique_violation', constraint = 'position_one_of_its_kind';
  end if;
  return null;
end $$;
create trigger position_one_of_its_kind after insert on position
  for each row when (new.closed_at is null and new.kind in ('Mayor', 'DeputyMayor', 'RegionalSecretary', 'HeadOfUnit')) execute function keep_posts_single();

-- Accounts have the version of then as well, as officials do.
create or replace function with_history(a account) returns text language sql stable as $$
  select row(a.user_login, a.official_id, a.roles, a.enabled, a.password_hash is not null, a.two_factor_enabled, a.open_until, a.version)::text
$$;
