alter table sending
  add column payer text,                 -- code of the unit whose budget it is; null: the city's own
  -- From here on silence counts for the automatic pause; null: from the next word of Notification on.
  add column silence_from timestamptz,
  add column silence_processed bigint not null default 0,
  add column silence_pending bigint not null default 0;
