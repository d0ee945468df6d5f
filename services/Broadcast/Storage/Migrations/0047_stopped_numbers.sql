-- An official wrote STOP: he gets coordination SMS all the same, but somebody must ask him why (KOR 10). The latest word of each.
create table stopped_number (
  official_id uuid primary key,
  pseudonym text not null,               -- of the number that it came from: another one has not said STOP
  is_out boolean not null,
  at timestamptz not null
);
grant select, insert, update on stopped_number to {app};
