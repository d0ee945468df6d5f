-- What the provider itself calls an SMS, several for one that it counts in parts: it is asked by that. Its reports come under our own reference.
alter table sms add column provider_id text;
-- Of a long SMS whose provider reports its parts one by one: the part.
alter table report add column part text;
