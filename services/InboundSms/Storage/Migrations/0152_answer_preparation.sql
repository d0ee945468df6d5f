-- Cases that left a position: whoever had them sees that, and to whom. Who did it and why stands in the event.
create table forwarding (
  event_id uuid primary key references case_event,
  case_id uuid not null references sms_case,
  from_position_id uuid not null,
  to_position_id uuid not null,
  at timestamptz not null
);
create index forwarding_by_position on forwarding (from_position_id, at desc, event_id desc);
create trigger forwarding_is_append_only before update or delete or truncate on forwarding for each statement execute function refuse_change();

create table answer_template (
  id uuid primary key,
  unit_id uuid not null,
  title text not null,
  text text not null,
  created_at timestamptz not null,
  version bigint not null
);
create unique index answer_template_title on answer_template (unit_id, lower(title));
create index answer_template_by_time on answer_template (unit_id, created_at desc, id desc);

create table unit_setting (
  id uuid primary key,                           -- of the unit
  review_answers boolean not null,
  version bigint not null
);

-- What an official has written so far. It ends with the case's answer and when the case leaves the position: who writes on then writes for nobody.
create table answer_draft (
  case_id uuid not null references sms_case,
  official_id uuid not null,
  text text not null,
  saved_at timestamptz not null,
  primary key (case_id, official_id)
);
create function end_answer_drafts() returns trigger language plpgsql as $$
begin
  delete from answer_draft where case_id = new.id;
  return null;
end $$;
create trigger answer_drafts_end after update of status, position_id on sms_case for each row
  when (new.status in ('Answered', 'SetAside') or old.position_id is distinct from new.position_id) execute function end_answer_drafts();

-- An answer that the head has yet to make his own. One at a time for a case.
create table answer_proposal (
  id uuid primary key,
  case_id uuid not null references sms_case,
  official_id uuid not null,
  text text not null,
  status text not null,
  reason text,
  proposed_at timestamptz not null,
  version bigint not null
);
create unique index answer_proposal_open on answer_proposal (case_id) where status in ('Proposed', 'Returned');

grant select, insert on forwarding to {app};
grant select, insert, update, delete on answer_template, answer_draft to {app};
grant select, insert, update on unit_setting, answer_proposal to {app};
