-- People look at what is kept aside: an entry has a name that the audit trail can hold, and a list an order.
alter table quarantine add column entry_id uuid not null default gen_random_uuid();
create unique index quarantine_by_time on quarantine (received_at desc, entry_id desc);
create unique index quarantine_entry on quarantine (entry_id);
