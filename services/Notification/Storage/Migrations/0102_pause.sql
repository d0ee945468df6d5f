-- What a person has stopped: a provider, or a lane. Who, when and why also stands in the audit trail, for good.
create table pause (
  kind text not null,                    -- Provider: name of its channel; Lane: a purpose
  name text not null,
  reason text not null,
  paused_by text not null,
  paused_at timestamptz not null,
  primary key (kind, name)
);
grant select, insert, delete on pause to {app};
