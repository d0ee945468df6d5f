-- The words of a position, each with its validity, so that a change that was entered ahead takes effect by itself (DIR-4, DIR-6).
create table organisation.position_keyword (
  position_id uuid not null,
  word text not null,
  kind text not null,
  valid_from timestamptz not null,
  valid_to timestamptz
);
create index position_keyword_by_word on organisation.position_keyword (word, valid_from);
create index position_keyword_by_position on organisation.position_keyword (position_id);

-- The one word that was known is right until Directory says more: version 0 asks for that. The column is read no more; it stays for the services' own migrations
-- that move an older copy here.
insert into organisation.position_keyword (position_id, word, kind, valid_from) select id, keyword, 'Primary', 'epoch' from organisation.position where keyword is not null;
update organisation.position set version = 0;
drop index organisation.position_by_keyword;

grant select, insert, delete on organisation.position_keyword to {app};
