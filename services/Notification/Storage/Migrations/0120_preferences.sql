-- How an official wants to be told of what can wait (NOT-5). No row: as the city is set up.
create table preference (
  official_id uuid primary key,
  hourly_notices boolean not null,
  daily_at time,
  quiet_from time,
  quiet_to time,
  version bigint not null,
  check ((quiet_from is null) = (quiet_to is null))
);

-- The quiet hours, running or next, in which an SMS that can wait does not leave; null for all others. Before not_before it is not late.
alter table sms add column quiet_from timestamptz, add column quiet_to timestamptz, add column not_before timestamptz;
create index sms_quiet on sms (quiet_from) where state = 'Queued' and quiet_from is not null;

grant select, insert, update on preference to {app};
