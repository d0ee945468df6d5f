-- As for SMS (0120): the quiet hours, running or next, in which an e-mail that can wait does not leave; null for all others. Before not_before it is not late.
alter table email add column quiet_from timestamptz, add column quiet_to timestamptz, add column not_before timestamptz;
create index email_quiet on email (quiet_from) where state = 'Queued' and quiet_from is not null;
