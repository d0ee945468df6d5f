using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Broadcast.Audiences;

/// <summary>A list as it was resolved.</summary>
/// <param name="Recipients">Who get an SMS.</param>
/// <param name="Segments">Of all these SMS together.</param>
/// <param name="Hash"><see cref="ListHash"/>.</param>
/// <param name="Counts">Everybody in the list, by state and by why he is skipped; they add up.</param>
internal sealed record FrozenList(int Recipients, int Segments, byte[] Hash, IReadOnlyList<FrozenList.Count> Counts)
{
    public sealed record Count(RecipientState State, string? SkipReason, int Recipients);
}

/// <summary>Resolves the audience of a revision into its list of recipients (BRO-1): what the examiner sees, signs, and what is sent.</summary>
internal static class FreezeList
{
    /// <summary>A large city's list on a busy server; seconds as a rule.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    internal const string Insert = """
        insert into recipient (broadcast_id, revision, official_id, position_id, name, title, unit_code, number, reasons, state, skip_reason, is_arrival, is_shared, segments,
          status_version, at_operator, is_uncertain, changed_at)
        select @broadcast, @revision, official_id, position_id, name, title, unit_code, number, reasons, case when skip_reason is null then 'Listed' else 'Skipped' end, skip_reason
        """;

    private const string Freeze = $"{Rules.Judged} {Insert}, false, is_shared, {Rest} from judged";

    internal const string Rest = "case when skip_reason is null then @segments else 0 end, 0, false, false, @now";

    /// <summary>
    /// Inside the caller's transaction, which saves the revision with what is set here. Of two who do it at once the second waits, and makes the same list anew: its save then meets
    /// the other's version.
    /// </summary>
    public static async Task<FrozenList> RunAsync(BroadcastDb db, BroadcastMessage b, Revision r, DateTimeOffset now, CancellationToken stop)
    {
        db.Database.SetCommandTimeout(Longest);
        // A draft that lay for long has lost its numbers: those of a new list go after their time too.
        await db.Database.ExecuteSqlAsync($"update broadcast set numbers_erased_at = null where id = {b.Id}", stop);
        await db.Database.ExecuteSqlAsync($"delete from recipient where broadcast_id = {b.Id} and revision = {r.No}", stop);
        List<NpgsqlParameter> parameters =
        [
            .. await Rules.ParametersAsync(db, Audience.Read(r.Audience), b.CorrectsId, now, now, stop),
            new("broadcast", b.Id), new("revision", r.No), new("segments", RecipientSegments.Neutral(r.Text)),
        ];
        await db.Database.ExecuteSqlRawAsync(Rules.PlanForMany, stop);
        await db.Database.ExecuteSqlRawAsync(Freeze, parameters, stop);
        await db.Database.ExecuteSqlRawAsync(Rules.PlanAsUsual, stop);
        await RecipientSegments.MeasureAsync(db, r, now, stop);

        var list = await DescribeAsync(db, r, stop);
        (r.Recipients, r.Segments, r.ListHash, r.FrozenAt) = (list.Recipients, list.Segments, list.Hash, now);
        return list;
    }

    /// <inheritdoc cref="RefreshList.RunAsync"/>
    public static Task<FrozenList> RefreshAsync(BroadcastDb db, BroadcastMessage b, Revision r, DateTimeOffset now, CancellationToken stop) => RefreshList.RunAsync(db, b, r, now, stop);

    /// <summary>What the list of a revision holds now.</summary>
    internal static async Task<FrozenList> DescribeAsync(BroadcastDb db, Revision r, CancellationToken stop)
    {
        var groups = await db.Recipients.Where(x => x.BroadcastId == r.BroadcastId && x.Revision == r.No).GroupBy(x => new { x.State, x.SkipReason })
            .Select(group => new { group.Key.State, group.Key.SkipReason, Recipients = group.Count(), Segments = group.Sum(x => x.Segments) }).ToListAsync(stop);
        var counts = groups.OrderBy(group => group.State).ThenBy(group => group.SkipReason, StringComparer.Ordinal)
            .Select(group => new FrozenList.Count(group.State, group.SkipReason, group.Recipients)).ToList();
        return new(counts.Where(count => count.State != RecipientState.Skipped).Sum(count => count.Recipients), groups.Sum(group => group.Segments),
            await ListHash.ComputeAsync(db, r.BroadcastId, r.No, stop), counts);
    }
}
