-- A part that speaks of an emergency does not wait half an hour for the others (SPBE 24(2)).
alter table part_set add column is_urgent boolean not null default false;
