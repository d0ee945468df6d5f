-- As for SMS (0180): who ordered an e-mail hears of it, and nobody else.
alter table email add column report_to text;  -- queue of the ordering service; null: all are told
