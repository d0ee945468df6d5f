-- The number of somebody who has left rests before another official gets it: what is meant for him goes on coming to it for weeks (DIR-5, DIR-6). After the
-- statement: whoever waited at the unique number for its release sees by now that it rests.
alter table former_notice_phone add rests_until timestamptz check (rests_until >= used_to);

create function keep_resting_numbers() returns trigger language plpgsql as $$
begin
  if exists (select from former_notice_phone f where f.number = new.notice_phone and f.official_id <> new.id
      and f.rests_until > coalesce(new.notice_phone_since, now())) then
    raise exception 'a number rests' using errcode = 'unique_violation', constraint = 'official_notice_phone_rests';
  end if;
  return null;
end $$;
create trigger official_notice_phone_rests after insert or update of notice_phone on official
  for each row when (new.notice_phone is not null) execute function keep_resting_numbers();
