-- Units and positions end without being deleted (DIR-1: history is kept; DIR-6: a unit is merged, split, closed).
alter table unit add column closed_at timestamptz;
alter table position
  add column grade text check (length(grade) between 1 and 32),
  add column closed_at timestamptz,
  -- A closed post receives nothing more.
  add constraint position_closed_without_keyword check (closed_at is null or keyword is null);

-- A closed unit has neither open units below it nor open positions in it, also when one administrator closes it while another one puts something in:
-- changes of the structure queue up at the lock of the tree.
create function keep_closed_units_empty() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('unit_tree'));
  if new.closed_at is null then
    if exists (select from unit where id = new.parent_id and closed_at is not null) then
      raise exception 'the unit above % is closed', new.code using errcode = 'check_violation', constraint = 'unit_is_open';
    end if;
  elsif exists (select from unit where parent_id = new.id and closed_at is null) or exists (select from position where unit_id = new.id and closed_at is null) then
    raise exception 'unit % is not empty', new.code using errcode = 'check_violation', constraint = 'unit_closed_is_empty';
  end if;
  return new;
end $$;
create trigger unit_closed_is_empty before insert or update of parent_id, closed_at on unit for each row execute function keep_closed_units_empty();

create function keep_positions_in_open_units() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('unit_tree'));
  if exists (select from unit where id = new.unit_id and closed_at is not null) then
    raise exception 'the unit of position % is closed', new.code using errcode = 'check_violation', constraint = 'unit_is_open';
  end if;
  return new;
end $$;
create trigger position_in_open_unit before insert or update of unit_id, closed_at on position
  for each row when (new.closed_at is null) execute function keep_positions_in_open_units();

-- An assignment that ends at its start was never held: what was entered ahead for a position that is closed before. An empty range overlaps nothing.
alter table assignment
  drop constraint assignment_ends_after_start,
  add constraint assignment_ends_after_start check (held_to >= held_from);

-- Nobody holds a closed position. The row lock makes an assignment and a closing at the same moment wait for each other.
create function keep_closed_positions_vacant() returns trigger language plpgsql as $$
declare
  closed timestamptz;
begin
  select closed_at into closed from position where id = new.position_id for key share;
  if closed is not null and (new.held_to is null or new.held_to > greatest(closed, new.held_from)) then
    raise exception 'position % is closed', new.position_id using errcode = 'check_violation', constraint = 'position_is_open';
  end if;
  return new;
end $$;
create trigger assignment_of_open_position before insert or update on assignment for each row execute function keep_closed_positions_vacant();
