-- Acting holders beside the definitive one (Plt., Plh., Pj.), each by a numbered order. Whether a post is vacant is not judged here: a holder who is
-- suspended keeps the post while a Plt. does its work (UU 23/2014, 65 and 66).
alter table assignment
  add column order_number text,
  drop constraint assignment_kind_check,
  add constraint assignment_kind_check check (kind in ('Definitive', 'Plt', 'Plh', 'Pj')),
  add constraint assignment_acting_by_order check (kind = 'Definitive' or order_number is not null),
  add constraint assignment_one_acting_holder exclude using gist (position_id with =, tstzrange(held_from, held_to, '[)') with &&) where (kind <> 'Definitive');

-- Now the lock is one that writers do not share: those who assign to one position do so one after the other. Without this each of two at once would wait for the
-- other at the exclusion constraint, and one of them die of the deadlock instead of hearing which rule it broke.
create or replace function keep_closed_positions_vacant() returns trigger language plpgsql as $$
declare
  closed timestamptz;
begin
  select closed_at into closed from position where id = new.position_id for no key update;
  if closed is not null and (new.held_to is null or new.held_to > greatest(closed, new.held_from)) then
    raise exception 'position % is closed', new.position_id using errcode = 'check_violation', constraint = 'position_is_open';
  end if;
  return new;
end $$;

-- Exactly one clerk for each unit at any instant (EOF 11(2)). He ends with the assignment by which he belongs to the unit.
create table unit_operator (
  id uuid primary key,
  unit_id uuid not null references unit,
  assignment_id uuid not null references assignment,
  valid_from timestamptz not null,
  valid_to timestamptz,
  letter text,
  version bigint not null,
  constraint unit_operator_ends_after_start check (valid_to >= valid_from),
  constraint unit_operator_one exclude using gist (unit_id with =, tstzrange(valid_from, valid_to, '[)') with &&)
);
create index unit_operator_by_assignment on unit_operator (assignment_id);
create index unit_operator_by_time on unit_operator (valid_from desc, id desc);
create trigger unit_operator_one_at_a_time before insert or update on unit_operator for each statement execute function one_at_a_time();

grant select, insert, update on unit_operator to {app};
