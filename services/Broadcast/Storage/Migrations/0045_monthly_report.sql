-- KOR 6b, 6e: the report of a month as it was produced; figures that change later make another revision, never another content.
create table monthly_report (
  id uuid primary key,
  month date not null check (extract(day from month) = 1),
  revision int not null,
  produced_at timestamptz not null,
  produced_by text not null,
  is_scheduled boolean not null,
  figures json not null,
  spreadsheet bytea not null,
  constraint monthly_report_month_revision_key unique (month, revision)
);
-- The schedule produces each month once, however many instances are awake.
create unique index monthly_report_scheduled_once on monthly_report (month) where is_scheduled;
create trigger monthly_report_is_append_only before update or delete or truncate on monthly_report for each statement execute function refuse_change();

-- Printed after the report is there: LibreOffice may be slow or away.
create table monthly_report_print (
  report_id uuid primary key references monthly_report,
  pdf bytea not null
);
create trigger monthly_report_print_is_append_only before update or delete or truncate on monthly_report_print for each statement execute function refuse_change();

-- Its way to the Mayor: the Chair submits, the Regional Secretary forwards.
create table monthly_report_step (
  report_id uuid not null references monthly_report,
  step text not null,
  at timestamptz not null,
  actor text not null,
  constraint monthly_report_step_pkey primary key (report_id, step)
);
create trigger monthly_report_step_is_append_only before update or delete or truncate on monthly_report_step for each statement execute function refuse_change();
grant select, insert on monthly_report, monthly_report_print, monthly_report_step to {app};

create index broadcast_by_start on broadcast (started_at) where started_at is not null;
