-- Whatever the code does: nothing begins to be sent unless somebody has signed exactly the revision that counts, over its content as it was submitted.
create function refuse_unapproved() returns trigger language plpgsql as $$
begin
  if not exists (
    select from decision join revision on revision.broadcast_id = decision.broadcast_id and revision.no = decision.revision
    where decision.broadcast_id = new.id and decision.revision = new.revision and decision.outcome in ('Approved', 'Released') and decision.signed_hash = revision.content_hash) then
    raise exception 'revision % of broadcast % is not approved', new.revision, new.id using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger broadcast_is_approved before update of state on broadcast for each row
  when (new.state in ('Sending', 'Paused') and old.state not in ('Sending', 'Paused')) execute function refuse_unapproved();
