using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Broadcast.Audiences;

/// <summary>
/// The list at the moment of the sending. Who left office since gets nothing; whose number changed gets it at the new one, unless somebody else of the list has that;
/// who came into office receives too where that was decided. Own lists count as they stood when the list was frozen: nobody comes in by them after the approval.
/// </summary>
internal static class RefreshList
{
    /// <summary>
    /// In office is whoever holds the post by which he is in, or another one that fulfils the rules; who is in by name any post. Those with whom a number was shared are judged
    /// anew: when its owner has left or has another number, it is theirs.
    /// </summary>
    private const string Judged = $"""
        {Rules.Resolved}, frozen as materialized (
          select * from recipient where broadcast_id = @broadcast and revision = @revision
        ), roll as (
          select frozen.official_id, case when kept.official_id is null then candidate.position_id else frozen.position_id end as position_id, coalesce(official.name, frozen.name) as name,
            coalesce(kept.title, candidate.title, best.title, frozen.title) as title, coalesce(kept.unit_code, candidate.unit_code, best.unit_code, frozen.unit_code) as unit_code,
            nullif(contact.notice_phone, '') as number, frozen.reasons, coalesce(best.rank, 8) as rank,
            best.official_id is not null and (frozen.position_id is null or kept.official_id is not null or candidate.official_id is not null) as is_in_office,
            contact.notice_phone is distinct from frozen.number as is_new_number, false as arrives
          from frozen left join held as kept on kept.official_id = frozen.official_id and kept.position_id = frozen.position_id
            left join best on best.official_id = frozen.official_id left join candidate on candidate.official_id = frozen.official_id
            left join organisation.official on official.id = frozen.official_id left join contacts.contact on contact.official_id = frozen.official_id
          where frozen.state = 'Listed' or frozen.skip_reason = 'same-number'
          union all
          select candidate.official_id, candidate.position_id, candidate.name, candidate.title, candidate.unit_code, candidate.number, candidate.reasons, candidate.rank,
            candidate.is_in_office, true, true
          from candidate left join frozen on frozen.official_id = candidate.official_id
          where @with_arrivals and candidate.is_in_office and (frozen.official_id is null or frozen.state = 'Skipped' and frozen.skip_reason <> 'same-number')
        ), {Rules.Verdict}
        """;

    // First who loses the number that he had, then who gets one: two who have exchanged theirs would otherwise meet at the unique index.
    private const string GiveUp = $"""
        {Judged}
        update recipient set state = 'Skipped', skip_reason = coalesce(judged.skip_reason, 'same-number'), segments = 0, is_shared = false, changed_at = @now
        from judged
        where recipient.broadcast_id = @broadcast and recipient.revision = @revision and recipient.official_id = judged.official_id and recipient.state = 'Listed'
          and (judged.skip_reason is not null or judged.number is distinct from recipient.number)
        """;

    private const string Take = $"""
        {Judged}
        {FreezeList.Insert}, arrives, is_shared, {FreezeList.Rest} from judged where arrives or skip_reason is null
        on conflict (broadcast_id, revision, official_id) do update set position_id = excluded.position_id, name = excluded.name, title = excluded.title, unit_code = excluded.unit_code,
          number = excluded.number, reasons = excluded.reasons, state = excluded.state, skip_reason = null, is_arrival = recipient.is_arrival or excluded.is_arrival, is_shared = excluded.is_shared,
          segments = excluded.segments, changed_at = excluded.changed_at
        where excluded.state = 'Listed' and (recipient.state, recipient.position_id, recipient.name, recipient.title, recipient.unit_code, recipient.number, recipient.is_shared)
          is distinct from (excluded.state, excluded.position_id, excluded.name, excluded.title, excluded.unit_code, excluded.number, excluded.is_shared)
        """;

    /// <summary>Inside the caller's transaction, before anything of the revision is ordered. The same twice as once.</summary>
    public static async Task<FrozenList> RunAsync(BroadcastDb db, BroadcastMessage b, Revision r, DateTimeOffset now, CancellationToken stop)
    {
        db.Database.SetCommandTimeout(FreezeList.Longest);
        await db.Database.ExecuteSqlRawAsync(Rules.PlanForMany, stop);
        foreach (var step in new[] { GiveUp, Take })
        {
            List<NpgsqlParameter> parameters =
            [
                .. await Rules.ParametersAsync(db, Audience.Read(r.Audience), b.CorrectsId, now, r.FrozenAt ?? now, stop),
                new("broadcast", b.Id), new("revision", r.No), new("segments", RecipientSegments.Neutral(r.Text)), new("with_arrivals", r.WithArrivals),
            ];
            await db.Database.ExecuteSqlRawAsync(step, parameters, stop);
        }

        await db.Database.ExecuteSqlRawAsync(Rules.PlanAsUsual, stop);
        await RecipientSegments.MeasureAsync(db, r, now, stop);
        return await FreezeList.DescribeAsync(db, r, stop);
    }
}
