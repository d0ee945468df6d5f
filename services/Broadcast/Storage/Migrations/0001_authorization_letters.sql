-- The written authority of whoever is neither Mayor nor Regional Secretary (KOR 6a, 8, 10b): who gave it to whom, for what, until when. Never changed: an end is a row's only news.
create table authorization_letter (
  id uuid primary key,
  official_id uuid not null,             -- who may originate
  granted_by_official_id uuid not null,  -- Mayor or Regional Secretary
  granted_as text not null check (granted_as in ('Mayor', 'RegionalSecretary')),
  reference text not null,               -- number of the letter, of paper or of the e-office
  subject text not null,
  kinds text[] not null,                 -- of broadcast; empty: every kind
  unit_ids uuid[] not null,              -- recipients come from below these; empty: from the whole city
  valid_from timestamptz not null,
  valid_to timestamptz not null,
  document bytea,                        -- the scanned letter; null where the reference is the e-office's
  document_type text,
  document_sha256 bytea,
  registered_by text not null,
  registered_at timestamptz not null,
  revoked_at timestamptz,
  revoked_by text,
  revoked_reason text,
  version bigint not null,
  check (valid_from < valid_to),
  check ((document is null) = (document_type is null) and (document is null) = (document_sha256 is null))
);
create index authorization_letter_by_official on authorization_letter (official_id, valid_to);
create unique index authorization_letter_once on authorization_letter (official_id, reference) where revoked_at is null;
grant select, insert, update (revoked_at, revoked_by, revoked_reason, version) on authorization_letter to {app};
