-- How often an import was begun. Written outside of its transaction: one that never comes to its end would be begun for ever.
alter table organisation_import add tries int not null default 0;
