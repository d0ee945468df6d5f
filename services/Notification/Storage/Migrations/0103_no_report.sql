-- Silence has a name after some days; news ends it.
alter table sms add column no_report_at timestamptz, add column asked_at timestamptz;
create index sms_silent on sms (changed_at) where state in ('Uncertain', 'AcceptedByProvider', 'AcceptedByOperator') and no_report_at is null;
create index sms_no_report on sms (created_at desc, id desc) where no_report_at is not null;
