-- How often a sign-in failed, by hour: the audit trail gets the 1st, 10th, 100th ...; forgotten after a day.
create table failed_sign_in (
  subject_kind text not null,
  subject_id uuid not null,
  hour timestamptz not null,
  tries int not null,
  primary key (subject_kind, subject_id, hour)
);

grant select, insert, update, delete on failed_sign_in to {app};
