-- Who ordered an SMS hears of it, and nobody else: a broadcast to a hundred thousand is no matter of the SMS center's.
alter table sms add column report_to text;  -- queue of the ordering service; null: all are told
