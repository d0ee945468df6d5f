-- The Chair is away, or has written it himself: a Secretary examines for a time (KOR 7(5)). Never changed: an end is a row's only news.
create table examination_mandate (
  id uuid primary key,
  official_id uuid not null,
  valid_from timestamptz not null,
  valid_to timestamptz not null,
  reason text not null,
  given_by text not null,
  given_at timestamptz not null,
  ended_at timestamptz,
  ended_by text,
  version bigint not null,
  check (valid_from < valid_to)
);
create index examination_mandate_by_official on examination_mandate (official_id, valid_to);
create index examination_mandate_by_time on examination_mandate (given_at desc, id desc);
grant select, insert, update (ended_at, ended_by, version) on examination_mandate to {app};

-- Words that make the examiner look twice (KOR 9(2,3)): polite, nobody discriminated, neutral. A city adds its own and takes away what is in its way.
create table examination_word (
  id uuid primary key,
  word text not null,                    -- lower case, one blank between several
  concern text not null,                 -- Politeness, Discrimination, Neutrality
  added_by text not null,
  added_at timestamptz not null,
  removed_by text,
  removed_at timestamptz
);
create unique index examination_word_once on examination_word (word) where removed_at is null;
create index examination_word_by_time on examination_word (added_at desc, id desc);
grant select, insert, update (removed_by, removed_at) on examination_word to {app};
insert into examination_word (id, word, concern, added_by, added_at)
select gen_random_uuid(), word, concern, 'system', now() from (values
  ('Politeness', array['bodoh', 'goblok', 'tolol', 'dungu', 'idiot', 'bangsat', 'bajingan', 'keparat', 'brengsek', 'sialan', 'anjing', 'babi', 'monyet', 'setan', 'kampret', 'kurang ajar', 'tidak becus']),
  ('Discrimination', array['kafir', 'sesat', 'pribumi', 'nonpribumi', 'non pribumi', 'aseng', 'cina', 'cebong', 'kampungan', 'cacat', 'banci', 'bencong', 'orang timur', 'suku', 'ras']),
  ('Neutrality', array['pilih nomor', 'nomor urut', 'coblos', 'paslon', 'pasangan calon', 'caleg', 'calon legislatif', 'calon wali kota', 'petahana', 'pilkada', 'pileg', 'pilpres', 'partai', 'parpol',
    'kampanye', 'tim sukses', 'relawan pemenangan', 'menangkan', 'dua periode'])) as concerns(concern, words), unnest(words) as word;
