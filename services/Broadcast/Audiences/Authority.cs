using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Broadcast.Audiences;

/// <summary>Why an official may originate broadcasts of a kind at a moment (KOR 6a, 8, 10b): by his post, or by a letter in force.</summary>
/// <param name="Basis">The post, or the letter.</param>
/// <param name="LetterId">Which letter.</param>
internal sealed record Authority(OriginatorBasis Basis, Guid? LetterId)
{
    /// <summary>Null: he may not.</summary>
    public static async Task<Authority?> FindAsync(BroadcastDb db, Guid officialId, BroadcastKind kind, DateTimeOffset now, CancellationToken stop) =>
        await AllAsync(db, officialId, kind, now, stop) is [var first, ..] ? first : null;

    /// <summary>By what the list of a revision may be reached; or why it may not: no authority is in force, or none that covers everybody on it.</summary>
    public static async Task<(Authority? Authority, ProblemHttpResult? Refusal)> OfListAsync(
        BroadcastDb db, BroadcastMessage broadcast, int revision, DateTimeOffset now, CancellationToken stop, Guid? coveredThen = null)
    {
        var all = await AllAsync(db, broadcast.OriginatorId, broadcast.Kind, now, stop);
        // By the letter of the submission its list was covered then: who has moved since is looked for at the sending moment.
        foreach (var authority in all.OrderBy(authority => authority.LetterId is null || authority.LetterId != coveredThen))
        {
            if (authority.LetterId is not { } letter || letter == coveredThen || await CoversAsync(db, letter, broadcast.Id, revision, now, stop))
                return (authority, null);
        }

        return (null, Problems.Conflict(all.Count == 0 ? "authority-missing" : "audience-outside-letter"));
    }

    /// <summary>Of several letters the one without bounds of units comes first, then the one that ends last.</summary>
    private static async Task<IReadOnlyList<Authority>> AllAsync(BroadcastDb db, Guid officialId, BroadcastKind kind, DateTimeOffset now, CancellationToken stop)
    {
        if (await BasisAsync(db, officialId, now, stop) is { } basis)
            return [new(basis, null)];
        var name = kind.ToString();
        var letters = await db.Letters.AsNoTracking()
            .Where(letter => letter.OfficialId == officialId && letter.RevokedAt == null && letter.ValidFrom <= now && now < letter.ValidTo
                && (letter.Kinds.Count == 0 || letter.Kinds.Contains(name)))
            .OrderByDescending(letter => letter.ValidTo).Select(letter => new { letter.Id, letter.UnitIds }).ToListAsync(stop);
        return [.. letters.OrderBy(letter => letter.UnitIds.Count > 0).Select(letter => new Authority(OriginatorBasis.Letter, letter.Id))];
    }

    /// <summary>
    /// Why a submitted broadcast may not go: its originator has no authority any more, or only by another letter that does not cover its list. Otherwise it goes by the authority of now.
    /// </summary>
    public static async Task<ProblemHttpResult?> RenewAsync(BroadcastDb db, BroadcastMessage broadcast, DateTimeOffset now, CancellationToken stop)
    {
        var (authority, refusal) = await OfListAsync(db, broadcast, broadcast.Revision, now, stop, coveredThen: broadcast.LetterId);
        if (authority is null)
            return refusal;
        (broadcast.OriginatorBasis, broadcast.LetterId) = (authority.Basis, authority.LetterId);
        return null;
    }

    /// <summary>The post by which one may without a letter, and give letters; whoever holds it as acting holder is its holder.</summary>
    internal static async Task<OriginatorBasis?> BasisAsync(BroadcastDb db, Guid officialId, DateTimeOffset at, CancellationToken stop)
    {
        var kinds = await (
            from held in db.Assignments
            where held.OfficialId == officialId && held.ValidFrom <= at && (held.ValidTo == null || at < held.ValidTo)
            join position in db.Positions on held.PositionId equals position.Id
            select position.Kind).ToListAsync(stop);
        return kinds.Contains(nameof(OriginatorBasis.Mayor)) ? OriginatorBasis.Mayor
            : kinds.Contains(nameof(OriginatorBasis.RegionalSecretary)) ? OriginatorBasis.RegionalSecretary
            : null;
    }

    /// <summary>Everybody who gets an SMS holds the post by which he is in, or any if he is in by name, below the units of the letter.</summary>
    internal static async Task<bool> CoversAsync(BroadcastDb db, Guid letterId, Guid broadcastId, int revision, DateTimeOffset now, CancellationToken stop) =>
        await db.Letters.AnyAsync(letter => letter.Id == letterId && letter.UnitIds.Count == 0, stop)
        || await db.Database.SqlQuery<bool>($"""
            with recursive below as (
              select unnest(unit_ids) as unit_id from authorization_letter where id = {letterId}
              union select unit.id from below join organisation.unit on unit.parent_id = below.unit_id
            ), held as (
              select assignment.official_id, position.id as position_id
              from organisation.assignment join organisation.position on position.id = assignment.position_id join below on below.unit_id = position.unit_id
              where assignment.valid_from <= {now} and (assignment.valid_to is null or {now} < assignment.valid_to)
            )
            select not exists (
              select from recipient left join held on held.official_id = recipient.official_id and (recipient.position_id is null or held.position_id = recipient.position_id)
              where recipient.broadcast_id = {broadcastId} and recipient.revision = {revision} and recipient.state <> 'Skipped' and held.official_id is null) as "Value"
            """).SingleAsync(stop);
}
