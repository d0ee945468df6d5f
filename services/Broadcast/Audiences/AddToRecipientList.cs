using System.ComponentModel.DataAnnotations;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Audiences;

/// <summary>Puts posts and people into an own list. Two who do so at once both do; what stands in it already stays once.</summary>
internal static class AddToRecipientList
{
    /// <param name="PositionIds">Whoever holds them receives.</param>
    /// <param name="OfficialIds">They receive, whatever they hold.</param>
    public sealed record Request([MaxLength(500)] IReadOnlyList<Guid>? PositionIds = null, [MaxLength(500)] IReadOnlyList<Guid>? OfficialIds = null);

    /// <param name="Added">New entries.</param>
    /// <param name="AlreadyThere">Stood in the list before.</param>
    public sealed record Answer(int Added, int AlreadyThere);

    public static void Map(RouteGroupBuilder lists) => lists.MapPost("/{id:guid}/entries", Handle)
        .WithName(nameof(AddToRecipientList)).WithSummary("Puts posts and people into an own list").RequirePermission(Permissions.WordBroadcasts).RequireFreshSignIn()
        .AcceptIdempotencyKey().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<Answer>, ProblemHttpResult>> Handle(
        Guid id, Request request, HttpContext http, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        List<Guid> positions = [.. (request.PositionIds ?? []).Distinct()], officials = [.. (request.OfficialIds ?? []).Distinct()];
        var now = clock.GetUtcNow().InMicroseconds;
        if (positions.Count + officials.Count == 0)
            return Problems.Invalid("positionIds", "empty");
        if (await CheckAudience.HasUnknownPositionAsync(db, positions, now, stop))
            return Problems.Invalid("positionIds", "position-unknown");
        if (await CheckAudience.HasUnknownOfficialAsync(db, officials, stop))
            return Problems.Invalid("officialIds", "official-not-registered");

        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        if (await TouchAsync(db, id, stop) is { } refusal)
            return refusal;
        var actor = http.User.Actor;
        var added = await db.Database.ExecuteSqlAsync($"""
            insert into recipient_list_entry (id, list_id, position_id, official_id, added_by, added_at)
            select gen_random_uuid(), {id}, position_id, official_id, {actor}, {now}
            from (select position_id, null::uuid from unnest({positions}) as position_id union all select null, official_id from unnest({officials}) as official_id)
              as given(position_id, official_id)
            on conflict (list_id, (coalesce(position_id, official_id))) where removed_at is null do nothing
            """, stop);
        db.WriteToAuditTrail(http, nameof(AddToRecipientList), ("RecipientList", id), details: $"{added}");
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Ok(new Answer(added, positions.Count + officials.Count - added));
    }

    /// <summary>Another version of an open list, which stays open until the caller has committed.</summary>
    internal static async Task<ProblemHttpResult?> TouchAsync(BroadcastDb db, Guid id, CancellationToken stop) =>
        await db.RecipientLists.Where(list => list.Id == id && list.ClosedAt == null).ExecuteUpdateAsync(set => set.SetProperty(list => list.Version, list => list.Version + 1), stop) == 1 ? null
        : await db.RecipientLists.AnyAsync(list => list.Id == id, stop) ? Problems.Conflict("recipient-list-closed")
        : Problems.NotFound();
}
