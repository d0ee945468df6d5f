-- An operator whose post goes to another unit ends then, in writing: he would be in office again when it comes back, without a word of the head (DIR-3; EOF 11(2)).
-- Who moves a post holds the lock of the tree; so does whoever appoints from now on, and sees in which unit the post stands.
create function hold_the_tree() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('unit_tree'));
  return null;
end $$;
drop trigger unit_operator_one_at_a_time on unit_operator;
create trigger unit_operator_one_at_a_time before insert or update on unit_operator for each statement execute function hold_the_tree();

create function keep_operators_in_their_unit() returns trigger language plpgsql as $$
begin
  if not exists (select from assignment a join position p on p.id = a.position_id where a.id = new.assignment_id and p.unit_id = new.unit_id) then
    raise exception 'an operator from outside the unit' using errcode = 'check_violation', constraint = 'unit_operator_in_unit';
  end if;
  return new;
end $$;
create trigger unit_operator_in_unit before insert on unit_operator for each row execute function keep_operators_in_their_unit();

create function end_operators_of_moved_position() returns trigger language plpgsql as $$
begin
  update unit_operator o set valid_to = greatest(o.valid_from, new.effective_from), version = o.version + 1
  from assignment a
  where a.id = o.assignment_id and a.position_id = new.id and o.unit_id <> new.unit_id and (o.valid_to is null or o.valid_to > greatest(o.valid_from, new.effective_from));
  return null;
end $$;
create trigger position_ends_operators after update of unit_id on position
  for each row when (new.unit_id is distinct from old.unit_id) execute function end_operators_of_moved_position();

-- Those whose post has moved already, back again or not.
update unit_operator o set valid_to = gone.at, version = o.version + 1
from (
  select o.id, greatest(o.valid_from, min(v.valid_from)) as at
  from unit_operator o join assignment a on a.id = o.assignment_id join position_version v on v.position_id = a.position_id and v.unit_id <> o.unit_id
  where (v.valid_to is null or v.valid_to > o.valid_from)
  group by o.id, o.valid_from
) gone
where gone.id = o.id and (o.valid_to is null or o.valid_to > gone.at);
