-- Who of the unit works on a case.
alter table sms_case add column handler_id uuid;
create index sms_case_by_handler on sms_case (handler_id, received_at desc, first_message_id desc) where handler_id is not null;

-- Units whose cases an official reads at an instant: those in which he holds a position, and all below where he is the head. The tree is that of the copy, which
-- events fill in any order: "union" ends where it should for a moment have a circle.
create function units_read_by(official uuid, at timestamptz) returns table (unit_id uuid) language sql stable rows 10 as $$
  with recursive read as (
    select p.unit_id, p.kind = 'HeadOfUnit' as with_below
    from organisation.assignment a join organisation.position p on p.id = a.position_id
    where a.official_id = official and a.valid_from <= at and (a.valid_to is null or at < a.valid_to)
    union
    select u.id, true from organisation.unit u join read r on u.parent_id = r.unit_id where r.with_below
  )
  select r.unit_id from read r
$$;
