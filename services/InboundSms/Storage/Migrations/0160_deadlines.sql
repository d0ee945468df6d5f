-- The clock of BJN 13 cannot be turned back: receipt and due time never change, the first answer stays the first. So "late" can be derived and still is for ever.
create trigger sms_case_clock_is_kept before update on sms_case for each row
  when (new.received_at <> old.received_at or new.due_at <> old.due_at or (old.answered_at is not null and new.answered_at is distinct from old.answered_at))
  execute function refuse_change();

-- When somebody has to look at the ladder for this case: at once for a new one, null when nothing more can come.
alter table sms_case add column next_stage_at timestamptz default '-infinity';
update sms_case set next_stage_at = null where answered_at is not null;
create index sms_case_by_stage on sms_case (next_stage_at)
  where next_stage_at is not null and answered_at is null and status in ('Unassigned', 'Open');

-- Each stage of a case once, whoever tries it how often: by primary key.
create table escalation (
  case_id uuid not null references sms_case,
  stage text not null,
  at timestamptz not null,
  outcome text not null,
  primary key (case_id, stage)
);
create trigger escalation_is_append_only before update or delete or truncate on escalation for each statement execute function refuse_change();

-- Which cases an SMS to an official was about; it holds several, so that nobody gets one SMS for each.
create table escalation_notice (
  notice_id uuid not null,
  case_id uuid not null,
  stage text not null,
  official_id uuid not null,
  failed_at timestamptz,
  primary key (notice_id, case_id),
  foreign key (case_id, stage) references escalation
);

-- One row: who locks it has the round, of however many instances.
create table escalation_round (
  id smallint primary key check (id = 1),
  at timestamptz not null
);
insert into escalation_round values (1, '-infinity');

grant select, insert on escalation to {app};
grant select, insert, update on escalation_notice to {app};
grant select, update on escalation_round to {app};
