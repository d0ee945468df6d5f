-- Whom the notices of an emergency were for: one that does not arrive must not end there.
create table emergency_notice (
  notice_id uuid primary key,
  case_id uuid not null references sms_case,
  official_id uuid not null,
  failed_at timestamptz
);
create index emergency_notice_by_case on emergency_notice (case_id);
grant select, insert on emergency_notice to {app};
grant update (failed_at) on emergency_notice to {app};
