-- Copies of the directory are told what is granted to an official's account: its roles, none while it is disabled. Grows by one with each change of these two.
alter table account add roles_version bigint not null default 1;
