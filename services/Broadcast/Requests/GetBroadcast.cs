using System.Security.Claims;
using System.Text.Json;
using Broadcast.Storage;
using Broadcast.Wording;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Broadcast.Requests;

/// <summary>One broadcast: what was asked for, the wording that counts, what was decided on it.</summary>
internal static class GetBroadcast
{
    /// <param name="Request">What the originator wants to be said.</param>
    /// <param name="LetterId">His authority in writing; null for Mayor and Regional Secretary.</param>
    /// <param name="CorrectsId">The broadcast whose recipients it goes to.</param>
    /// <param name="Wording">The revision that counts; null before it is worded.</param>
    /// <param name="Decisions">On all revisions, newest first; the last 50.</param>
    internal sealed record Details(
        BroadcastItem Broadcast, string Request, Guid? LetterId, Guid? CorrectsId, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, RevisionItem? Wording,
        IReadOnlyList<DecisionItem> Decisions);

    /// <param name="SignedHash">Of what he was shown, in hexadecimal.</param>
    /// <param name="Name">Of the official; null: the account has none, or the directory has not told of him.</param>
    /// <param name="ActedAs">Role in which he decided.</param>
    /// <param name="Checklist">Answers to the questions of KOR 9(2) and 9(3).</param>
    internal sealed record DecisionItem(
        Guid Id, int Revision, DecisionOutcome Outcome, string SignedHash, Guid? OfficialId, string? Name, string ActedAs, Guid? MandateId, JsonElement? Checklist, string? Reason, DateTimeOffset At);

    public static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapGet("/{id:guid}", HandleAsync)
        .WithName(nameof(GetBroadcast)).WithSummary("One broadcast with its wording and the decisions on it").RequirePermission(Permissions.ReadBroadcasts)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Details>, ProblemHttpResult>> HandleAsync(Guid id, ClaimsPrincipal user, BroadcastDb db, CancellationToken stop)
    {
        if (await db.ReadableBy(user).SingleOrDefaultAsync(b => b.Id == id, stop) is not { } broadcast)
            return Problems.NotFound();
        var revision = await db.Revisions.AsNoTracking().SingleOrDefaultAsync(r => r.BroadcastId == id && r.No == broadcast.Revision, stop);
        var decisions = await db.Decisions.AsNoTracking().Where(d => d.BroadcastId == id).OrderByDescending(d => d.At).ThenByDescending(d => d.Id).Take(50).ToListAsync(stop);
        return TypedResults.Ok(new Details(BroadcastItem.Of.Compile()(broadcast), broadcast.Request, broadcast.LetterId, broadcast.CorrectsId, broadcast.StartedAt, broadcast.EndedAt,
            revision is null ? null : RevisionItem.Of(revision), decisions.ConvertAll(ToItem)));
    }

    private static DecisionItem ToItem(Decision d) => new(d.Id, d.Revision, d.Outcome, Convert.ToHexStringLower(d.SignedHash), d.OfficialId, d.Official?.Name, d.ActedAs, d.MandateId,
        d.Checklist is null ? null : JsonElement.Parse(d.Checklist), d.Reason, d.At);
}
