using System.Text.Json;
using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Broadcast.Audiences;

/// <summary>The rules of an audience as SQL: one statement resolves them, however many officials there are.</summary>
internal static class Rules
{
    private const string Criteria = """
        (rule.kinds is null or held.kind = any(rule.kinds)) and (rule.grades is null or held.grade = any(rule.grades))
        and (rule.position_ids is null or held.position_id = any(rule.position_ids)) and (rule.official_ids is null or held.official_id = any(rule.official_ids))
        """;

    /// <summary>
    /// Common table expressions over the parameters of <see cref="ParametersAsync"/>: <c>held</c> (who holds which open post), <c>candidate</c> (who fulfils the rules, once
    /// each, with the labels of those rules). In by a post he has its id, in by name none. Of several posts the highest counts, one held definitively before one held as acting holder.
    /// </summary>
    internal const string Resolved = $"""
        with recursive rule as materialized (
          select *, num_nonnulls(unit_id, kinds, grades, position_ids) > 0 as by_post
          from jsonb_to_recordset(@rules::jsonb) as given(n int, excludes boolean, label text, unit_id uuid, kinds text[], grades text[], list_id uuid, position_ids uuid[], official_ids uuid[])
        ), below as (
          select n, unit_id from rule where unit_id is not null
          union select below.n, unit.id from below join organisation.unit on unit.parent_id = below.unit_id
        ), entry as materialized (
          select list_id, position_id, official_id from recipient_list_entry
          where list_id in (select list_id from rule) and added_at <= @lists_at and (removed_at is null or removed_at > @lists_at)
        ), held as materialized (
          select distinct on (assignment.official_id, position.id) assignment.official_id, position.id as position_id, position.unit_id, position.kind, position.grade, position.title, unit.code as unit_code,
            coalesce(array_position(array['Mayor', 'DeputyMayor', 'RegionalSecretary', 'Assistant', 'HeadOfUnit', 'Staff'], position.kind), 7) as rank,
            assignment.kind <> 'Definitive' as is_acting
          from organisation.assignment join organisation.position on position.id = assignment.position_id left join organisation.unit on unit.id = position.unit_id
          where assignment.valid_from <= @now and (assignment.valid_to is null or @now < assignment.valid_to) and (position.closed_at is null or @now < position.closed_at)
          order by assignment.official_id, position.id, is_acting
        ), member as materialized (
          select held.official_id, held.position_id, rule.excludes, rule.label
          from rule join below using (n) join held on held.unit_id = below.unit_id and {Criteria} where rule.list_id is null
          union all
          select held.official_id, held.position_id, rule.excludes, rule.label
          from rule join held on {Criteria} where rule.unit_id is null and rule.list_id is null and rule.by_post
          union all
          select held.official_id, held.position_id, rule.excludes, rule.label
          from rule join entry using (list_id) join held on held.position_id = entry.position_id and {Criteria} left join below on below.n = rule.n and below.unit_id = held.unit_id
          where rule.unit_id is null or below.n is not null
          union all
          select held.official_id, held.position_id, rule.excludes, rule.label
          from rule join entry using (list_id) join held on held.official_id = entry.official_id and {Criteria} left join below on below.n = rule.n and below.unit_id = held.unit_id
          where rule.by_post and (rule.unit_id is null or below.n is not null)
          union all
          select named.official_id, null, rule.excludes, rule.label
          from rule cross join lateral (
            select asked.official_id from unnest(rule.official_ids) as asked(official_id)
            where rule.list_id is null or exists (select from entry where entry.list_id = rule.list_id and entry.official_id = asked.official_id)
            union
            select official_id from entry where rule.official_ids is null and entry.list_id = rule.list_id and official_id is not null) as named
          where not rule.by_post
          union all
          -- A correction goes to whom the other one reached, or may have reached; on the web too.
          select recipient.official_id, null, false, 'corrects:' || broadcast.number
          from broadcast join recipient on recipient.broadcast_id = broadcast.id and recipient.revision = broadcast.revision
          where broadcast.id = @corrects and broadcast.started_at is not null
            and (recipient.state in ('Ordered', 'Delivered') or recipient.state = 'Failed' and (recipient.at_operator or recipient.is_uncertain
                or exists (select from resend where (resend.broadcast_id, resend.official_id) = (broadcast.id, recipient.official_id) and resend.state <> 'Failed')
                or exists (select from read_receipt where (read_receipt.broadcast_id, read_receipt.official_id) = (broadcast.id, recipient.official_id)))
              or recipient.state = 'Skipped' and recipient.skip_reason in ('no-number', 'same-number', 'not-mobile'))
        ), excluded as (
          select distinct official_id from member where excludes
        ), included as (
          select member.official_id, bool_or(member.position_id is null) as by_name, array_agg(distinct member.label) as reasons
          from member left join excluded using (official_id) where not member.excludes and excluded.official_id is null group by member.official_id
        ), best as (
          select distinct on (held.official_id) held.*
          from held left join (select distinct official_id, position_id from member where not excludes) as matched using (official_id, position_id)
          order by held.official_id, matched.position_id is null, held.rank, held.is_acting, held.position_id
        ), candidate as (
          select included.official_id, case when not included.by_name then best.position_id end as position_id, coalesce(official.name, '') as name, best.title, best.unit_code,
            nullif(contact.notice_phone, '') as number, included.reasons, coalesce(best.rank, 8) as rank, best.official_id is not null as is_in_office
          from included left join best using (official_id) left join organisation.official on official.id = included.official_id
            left join contacts.contact on contact.official_id = included.official_id
        )
        """;

    /// <summary>Behind <see cref="Resolved"/>: each candidate with why he is skipped.</summary>
    internal const string Judged = $"{Resolved}, roll as (select candidate.*, false as is_new_number from candidate), {Verdict}";

    /// <summary>
    /// <c>judged</c>: the <c>roll</c> with why somebody is skipped. Of several with one number the one who had it before gets the SMS, then the highest post, then who was
    /// registered first.
    /// </summary>
    internal const string Verdict = """
        judged as (
          select numbered.*, can_receive and place = 1 and sharing > 1 as is_shared,
            case when not is_in_office then 'left-office' when number is null then 'no-number' when not can_receive then 'not-mobile' when place > 1 then 'same-number' end as skip_reason
          from (
            select able.*, row_number() over (partition by number, can_receive order by is_new_number, rank, official_id) as place, count(*) over (partition by number, can_receive) as sharing
            from (select roll.*, is_in_office and coalesce(is_mobile(number), false) as can_receive from roll) as able) as numbered
        )
        """;

    /// <summary>
    /// Inside a transaction, around these statements. Nothing is known of the sizes of common table expressions: a plan that takes them for small compares each with each, which is fast
    /// for ten officials and never ends for a hundred thousand.
    /// </summary>
    internal const string PlanForMany = "set local enable_nestloop = off; set local jit = off; set local work_mem = '64MB'";

    /// <summary>Whatever follows in the transaction is planned as everywhere.</summary>
    internal const string PlanAsUsual = "set local enable_nestloop to default; set local jit to default; set local work_mem to default";

    /// <param name="db">Of the handler.</param>
    /// <param name="audience">Its rules, checked.</param>
    /// <param name="correctsId">The broadcast whose recipients are the audience.</param>
    /// <param name="now">Whoever is in office then.</param>
    /// <param name="listsAt">Own lists as they stood then.</param>
    /// <param name="stop">Ends the request.</param>
    internal static async Task<List<NpgsqlParameter>> ParametersAsync(
        BroadcastDb db, Audience audience, Guid? correctsId, DateTimeOffset now, DateTimeOffset listsAt, CancellationToken stop)
    {
        List<(bool Excludes, AudienceRule Rule)> rules = [.. audience.Include.Select(rule => (false, rule)), .. (audience.Exclude ?? []).Select(rule => (true, rule))];
        var units = rules.Select(rule => rule.Rule.UnitId).ToList();
        var lists = rules.Select(rule => rule.Rule.ListId).ToList();
        var codes = await db.Units.Where(unit => units.Contains(unit.Id)).ToDictionaryAsync(unit => unit.Id, unit => unit.Code, stop);
        var names = await db.RecipientLists.Where(list => lists.Contains(list.Id)).ToDictionaryAsync(list => list.Id, list => list.Name, stop);
        var rows = rules.Select((row, n) => new
        {
            n = n + 1,
            excludes = row.Excludes,
            label = LabelOf(row.Rule, codes, names),
            unit_id = row.Rule.UnitId,
            kinds = NullIfEmpty(row.Rule.PositionKinds),
            grades = NullIfEmpty(row.Rule.Grades),
            list_id = row.Rule.ListId,
            position_ids = NullIfEmpty(row.Rule.PositionIds),
            official_ids = NullIfEmpty(row.Rule.OfficialIds),
        });
        return
        [
            new("rules", JsonSerializer.Serialize(rows)),
            new("corrects", NpgsqlTypes.NpgsqlDbType.Uuid) { Value = (object?)correctsId ?? DBNull.Value },
            new("now", now),
            new("lists_at", listsAt),
        ];
    }

    /// <summary>What a person reads as the reason why somebody is in a list: words of the data only, so that it has no language.</summary>
    private static string LabelOf(AudienceRule rule, Dictionary<Guid, string> units, Dictionary<Guid, string> lists) => string.Join(" + ", new[]
    {
        rule.UnitId is { } unit ? $"unit:{units.GetValueOrDefault(unit)}" : null,
        rule.PositionKinds is { Count: > 0 } kinds ? $"kind:{string.Join('|', kinds)}" : null,
        rule.Grades is { Count: > 0 } grades ? $"grade:{string.Join('|', grades)}" : null,
        rule.ListId is { } list ? $"list:{lists.GetValueOrDefault(list)}" : null,
        rule.PositionIds is { Count: > 0 } positions ? $"positions:{positions.Count}" : null,
        rule.OfficialIds is { Count: > 0 } officials ? $"officials:{officials.Count}" : null,
    }.Where(part => part is not null));

    private static IReadOnlyList<T>? NullIfEmpty<T>(IReadOnlyList<T>? values) => values is { Count: > 0 } ? values : null;
}
