using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Broadcast.Audiences;

/// <summary>What is wrong with an audience: rules that say nothing, or name what is not there.</summary>
internal static class CheckAudience
{
    private static readonly string[] Kinds = ["Mayor", "DeputyMayor", "RegionalSecretary", "Assistant", "HeadOfUnit", "Staff"];

    /// <param name="db">Of the handler.</param>
    /// <param name="audience">As it was asked for.</param>
    /// <param name="isCorrection">Whom the corrected broadcast reached are its audience: it has no rules.</param>
    /// <param name="now">What is closed by then is not there.</param>
    /// <param name="stop">Ends the request.</param>
    public static async Task<ProblemHttpResult?> RefuseAsync(BroadcastDb db, Audience audience, bool isCorrection, DateTimeOffset now, CancellationToken stop)
    {
        if (isCorrection != (audience.Include.Count == 0))
            return Problems.Invalid("audience.include", isCorrection ? "audience-of-correction" : "audience-empty");
        foreach (var (rule, field) in audience.Include.Select((rule, n) => (rule, $"audience.include[{n}]"))
            .Concat((audience.Exclude ?? []).Select((rule, n) => (rule, $"audience.exclude[{n}]"))))
        {
            if (rule is null || rule.IsEmpty)
                return Problems.Invalid(field, "audience-rule-empty");
            if (rule.PositionKinds?.Any(kind => !Kinds.Contains(kind, StringComparer.Ordinal)) is true)
                return Problems.Invalid($"{field}.positionKinds", "position-kind-unknown");
            if (rule.Grades?.Any(grade => grade is not { Length: >= 1 and <= 32 } || grade.Any(char.IsControl)) is true)
                return Problems.Invalid($"{field}.grades", "value");
            if (rule.UnitId is { } unit && !await db.Units.AnyAsync(u => u.Id == unit && u.ClosedAt == null, stop))
                return Problems.Invalid($"{field}.unitId", "unit-unknown");
            if (rule.ListId is { } list && !await db.RecipientLists.AnyAsync(l => l.Id == list && l.ClosedAt == null, stop))
                return Problems.Invalid($"{field}.listId", "recipient-list-unknown");
            if (rule.PositionIds is { Count: > 0 } positions && await HasUnknownPositionAsync(db, positions, now, stop))
                return Problems.Invalid($"{field}.positionIds", "position-unknown");
            if (rule.OfficialIds is { Count: > 0 } officials && await HasUnknownOfficialAsync(db, officials, stop))
                return Problems.Invalid($"{field}.officialIds", "official-not-registered");
        }

        return null;
    }

    internal static async Task<bool> HasUnknownPositionAsync(BroadcastDb db, IReadOnlyList<Guid> ids, DateTimeOffset now, CancellationToken stop) =>
        await db.Positions.CountAsync(p => ids.Contains(p.Id) && (p.ClosedAt == null || p.ClosedAt > now), stop) != ids.Distinct().Count();

    internal static async Task<bool> HasUnknownOfficialAsync(BroadcastDb db, IReadOnlyList<Guid> ids, CancellationToken stop) =>
        await db.Officials.CountAsync(o => ids.Contains(o.Id), stop) != ids.Distinct().Count();
}
