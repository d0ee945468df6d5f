-- Reports are worked off in the order of their numbers, portion by portion; what is applied already is not walked through.
create index report_unapplied on report (seq) where applied_at is null;
