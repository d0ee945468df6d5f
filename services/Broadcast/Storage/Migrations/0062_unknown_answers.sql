-- What a person made of an answer that fits no recipient: whose it is, which is an answer beside it, or nobody's. The answer itself stays as it came.
create table unknown_answer_closing (
  answer_id uuid primary key references answer,
  counted_as uuid unique references answer, -- null: it counts for nobody
  reason text not null,
  closed_by text not null,
  closed_at timestamptz not null
);
create trigger unknown_answer_closing_is_append_only before update or delete or truncate on unknown_answer_closing for each statement execute function refuse_change();
grant select, insert on unknown_answer_closing to {app};
