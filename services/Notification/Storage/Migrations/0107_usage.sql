-- Who pays for an SMS, and what each has used in a month of the city's calendar: counted as providers accept, never by looking through the SMS. Several rows for one key, so
-- that those who count do not wait for each other; their sum counts. No personal data, kept for good.
alter table sms add column payer text;
create table sms_usage (
  month date not null,
  payer text not null,                   -- code of a unit, id of an application; empty: the city itself
  channel text not null,
  purpose text not null,
  shard smallint not null,
  sms bigint not null,
  segments bigint not null,
  primary key (month, payer, channel, purpose, shard)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
grant select, insert, update on sms_usage to {app};
