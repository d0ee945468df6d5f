-- Who may have had an SMS before a person had it handed over again: its reports are known by this when another provider sends it by now. No personal data, kept for good.
create table earlier_handover (
  sms_id uuid not null references sms,
  lease_no int not null,                 -- of the SMS; negative: before this table was there
  channel text not null,
  reference text not null,               -- what the provider's reports call it
  provider_id text,
  intent_at timestamptz,
  primary key (sms_id, lease_no)
);
create index earlier_handover_by_reference on earlier_handover (channel, reference);
grant select, insert on earlier_handover to {app};

-- Of what was resent so far the history knows who had it.
insert into earlier_handover (sms_id, lease_no, channel, reference)
select had.sms_id, -row_number() over (partition by had.sms_id), had.channel, had.reference
from (
  select distinct s.id as sms_id, e.channel, s.reference
  from sms s join delivery_event resent on resent.sms_id = s.id and resent.source = 'service' and resent.code = 'resent'
  join delivery_event e on e.sms_id = s.id and e.source = 'answer' and e.told in ('AcceptedByProvider', 'Uncertain') and e.seq < resent.seq
  where e.channel <> s.sent_by) as had;
