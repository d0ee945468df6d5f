-- How far the sending of a broadcast is: what we have ordered, and how Notification said that it stands. Beside the broadcast, whose version is for people's decisions.
create table sending (
  broadcast_id uuid primary key references broadcast,
  ordered bigint not null,               -- SMS; grows with each chunk, in its transaction
  -- As Notification told last:
  group_version bigint not null,
  waiting bigint not null,
  handed_over bigint not null,
  uncertain bigint not null,
  delivered bigint not null,
  failed bigint not null,
  withdrawn bigint not null,
  told_at timestamptz,
  per_second double precision not null,
  -- From here on failures count for the automatic pause:
  window_processed bigint not null,
  window_settled bigint not null,
  window_failed bigint not null
) with (fillfactor = 50);
grant select, insert, update on sending to {app};
-- The next hundred, in one order whoever asks; what is ordered already is not walked through.
create index recipient_listed on recipient (broadcast_id, revision, official_id) where state = 'Listed';
