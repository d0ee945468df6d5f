-- Which intent has been counted in sms_usage: by the provider's answer, or by a report that came before it or instead of it.
alter table sms add column counted_lease int not null default 0;
