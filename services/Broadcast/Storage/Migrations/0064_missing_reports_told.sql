-- Of which reports that no SMS came it was told, and on which day of the city: once a day, and of each once (KOR 10e). Said again at another time it is another one.
create table missing_report_told (
  broadcast_id uuid not null references broadcast,
  official_id uuid not null,
  reported_at timestamptz not null,
  day date not null,
  primary key (broadcast_id, official_id, reported_at)
);
create index missing_report_told_by_day on missing_report_told (day);
create trigger missing_report_told_is_append_only before update or delete or truncate on missing_report_told for each statement execute function refuse_change();
grant select, insert on missing_report_told to {app};
