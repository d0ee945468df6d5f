-- As of an instant an official has the version of that instant, also when it was another number and not another name that made it. Of the time before, the version of the last
-- naming is known.
create or replace function with_history(o official) returns text language sql immutable as $$ select row(o.employee_number, o.name, o.version)::text $$;
