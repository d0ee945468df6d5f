-- A resend can be ordered, and a report written, after the numbers of its broadcast have gone: erase_expired looks for each by its own age too.
create index resend_with_number on resend (ordered_at) where number is not null;
create index missing_report_with_note on missing_report (reported_at) where note is not null;
