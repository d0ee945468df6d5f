-- The register of numbers is looked over once a year: a number counts as right for a year since it was entered, proved by its owner, or found right by the Administrator.
alter table official add column notice_phone_checked_at timestamptz; -- when the Administrator last found it right

-- Whom the platform has reminded, and when last: one portion of owners a day, each of them once a month at most.
create table notice_phone_reminder (
  official_id uuid primary key references official,
  told_at timestamptz not null
);
create index notice_phone_reminder_by_time on notice_phone_reminder (told_at);
grant select, insert, update on notice_phone_reminder to {app};
