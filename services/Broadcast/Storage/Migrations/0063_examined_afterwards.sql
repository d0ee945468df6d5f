-- Where the examination of an emergency stands that was let go before it, for lists and reports: of the revision that counts. What was said, by whom and why, is the decision's.
alter table broadcast add column afterwards text check (afterwards in ('Waiting', 'Approved', 'Disapproved'));
update broadcast set afterwards = coalesce((
    select case outcome when 'ApprovedAfterwards' then 'Approved' else 'Disapproved' end from decision
    where broadcast_id = broadcast.id and decision.revision = broadcast.revision and outcome in ('ApprovedAfterwards', 'DisapprovedAfterwards')), 'Waiting')
  where exists (select from decision where broadcast_id = broadcast.id and decision.revision = broadcast.revision and outcome = 'Released');
create index broadcast_by_examination on broadcast (afterwards, created_at desc, id desc) where afterwards is not null;
