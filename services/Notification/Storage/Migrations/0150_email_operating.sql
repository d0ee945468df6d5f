-- E-mails are looked at and resent as SMS are: newest first, what is uncertain, what is silent. Silence has a name after some days; news ends it.
alter table email add column no_report_at timestamptz;
create index email_newest on email (created_at desc, id desc);
create index email_uncertain on email (id) where state = 'Uncertain';
create index email_silent on email (changed_at) where state in ('Uncertain', 'AcceptedByProvider', 'AcceptedByOperator') and no_report_at is null;
create index email_no_report on email (created_at desc, id desc) where no_report_at is not null;

-- What test keys have ordered never counts.
delete from sms_usage where channel = 'simulation';
