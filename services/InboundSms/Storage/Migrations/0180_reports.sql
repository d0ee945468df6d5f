-- What comes up again and again (BJN 7c): the secretariat names it, officials say which case is of it.
create table recurring_problem (
  id uuid primary key,
  name text not null check (length(name) between 1 and 120),
  opened_at timestamptz not null,
  closed_at timestamptz,
  version bigint not null
);
-- Capitals make no other problem.
create unique index recurring_problem_once on recurring_problem (lower(name));

create table case_problem (
  case_id uuid primary key references sms_case,
  problem_id uuid not null references recurring_problem
);
create index case_problem_by_problem on case_problem (problem_id);

-- BJN 7e: the report of a month as it was produced; figures that change later make another revision, never another content.
create table monthly_report (
  id uuid primary key,
  month date not null check (extract(day from month) = 1),
  revision int not null,
  produced_at timestamptz not null,
  produced_by text not null,
  is_scheduled boolean not null,
  figures json not null,
  spreadsheet bytea not null,
  unique (month, revision)
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

-- Its way to the head of government: the secretariat submits, the Regional Secretary forwards.
create table monthly_report_step (
  report_id uuid not null references monthly_report,
  step text not null,
  at timestamptz not null,
  actor text not null,
  primary key (report_id, step)
);
create trigger monthly_report_step_is_append_only before update or delete or truncate on monthly_report_step for each statement execute function refuse_change();

create index sms_case_by_receipt on sms_case (received_at);

grant select, insert, update on recurring_problem to {app};
grant select, insert, update, delete on case_problem to {app};
grant select, insert on monthly_report, monthly_report_print, monthly_report_step to {app};
