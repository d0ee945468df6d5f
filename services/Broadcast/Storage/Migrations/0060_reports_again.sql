-- KOR 10e: who got nothing again after a closing or a resend says so again. Each closing stands, as that of the report with its ordinal; the report's note and time are those of the latest.
alter table missing_report add column no int not null default 1 check (no > 0);
grant update (no, note, reported_at) on missing_report to {app};

alter table missing_report_closing
  add column no int not null default 1,
  drop constraint missing_report_closing_pkey,
  add constraint missing_report_closing_pkey primary key (broadcast_id, official_id, no);
