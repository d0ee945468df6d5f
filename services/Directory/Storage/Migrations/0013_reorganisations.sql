-- Restructuring, entered before its date and applied by itself on it (DIR-6; BJN 12(1)d, KOR 10g).
create table reorganisation (
  id uuid primary key,
  name text not null,
  decree text not null,
  effective_at timestamptz not null,
  -- json, not jsonb: steps keep the order of their members, and the kind of a step comes first.
  steps json not null,
  status text not null check (status in ('Planned', 'Applied', 'Failed', 'Cancelled')),
  applied_at timestamptz,
  failed_step int,
  failure_code text,
  version bigint not null,
  constraint reorganisation_failed_with_reason check ((status = 'Failed') = (failure_code is not null)),
  constraint reorganisation_applied_at check ((status = 'Applied') = (applied_at is not null))
);
create index reorganisation_by_time on reorganisation (effective_at desc, id desc);
create index reorganisation_waiting on reorganisation (effective_at, id) where status in ('Planned', 'Failed');
grant select, insert, update on reorganisation to {app};
