-- Who writes an assignment holds its official's row until the end of the transaction: an insert by its foreign key, a change, which can be a later end, by this. So what
-- is done with those who have left, which asks for that row alone, is not done with somebody who is just being given a post.
create function hold_official() returns trigger language plpgsql as $$
begin
  perform from official where id = new.official_id for key share;
  return new;
end $$;
create trigger assignment_holds_official before update on assignment for each row execute function hold_official();
