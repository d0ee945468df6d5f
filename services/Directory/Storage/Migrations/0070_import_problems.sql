-- All that is wrong with a file, not only the first 500 problems of it. Where and what, never the value. The column findings is written no more.
create table import_problem (
  import_id uuid not null references organisation_import,
  number int not null,
  sheet text,
  row_number int,
  column_name text,
  code text not null,
  primary key (import_id, number)
);
insert into import_problem
  select i.id, found.number - 1, found.problem ->> 'Sheet', (found.problem ->> 'Row')::int, found.problem ->> 'Column', found.problem ->> 'Code'
  from organisation_import i, json_array_elements(i.findings) with ordinality as found (problem, number);
update organisation_import set findings = null where findings is not null;
grant select, insert, delete on import_problem to {app};
