-- Cases that the city shares with the national complaint portal (SP4N-LAPOR!): which way they went, and the portal's number beside ours.
create table portal_case (
  message_id uuid primary key references message,
  direction text not null check (direction in ('FromPortal', 'ToPortal')),
  tracking_id text unique,
  reason text,
  at timestamptz not null,
  actor text not null,
  check ((direction = 'FromPortal') = (reason is null)),
  check (direction = 'ToPortal' or tracking_id is not null)
);
create index portal_case_by_time on portal_case (at desc, message_id desc);
grant select, insert on portal_case to {app};
grant update (tracking_id) on portal_case to {app};
