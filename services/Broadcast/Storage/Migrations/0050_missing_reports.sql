-- KOR 10e: a report that no SMS came is closed without another one, for a reason; once.
create table missing_report_closing (
  broadcast_id uuid not null,
  official_id uuid not null,
  reason text not null,
  closed_by text not null,
  closed_at timestamptz not null,
  constraint missing_report_closing_pkey primary key (broadcast_id, official_id),
  foreign key (broadcast_id, official_id) references missing_report
);
create trigger missing_report_closing_is_append_only before update or delete or truncate on missing_report_closing for each statement execute function refuse_change();
grant select, insert on missing_report_closing to {app};

-- Of which answers that fit no recipient it was told, and on which day of the city: once a day, and of each once.
create table unknown_answer_told (
  answer_id uuid primary key references answer,
  day date not null
);
create index unknown_answer_told_by_day on unknown_answer_told (day);
create trigger unknown_answer_told_is_append_only before update or delete or truncate on unknown_answer_told for each statement execute function refuse_change();
grant select, insert on unknown_answer_told to {app};
