using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Audiences;

/// <summary>Takes a post or a person out of an own list; that it stood there remains known.</summary>
internal static class RemoveFromRecipientList
{
    public static void Map(RouteGroupBuilder lists) => lists.MapDelete("/{id:guid}/entries/{entryId:guid}", Handle)
        .WithName(nameof(RemoveFromRecipientList)).WithSummary("Takes a post or a person out of an own list").RequirePermission(Permissions.WordBroadcasts).RequireFreshSignIn()
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Guid entryId, HttpContext http, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        var (now, actor) = (clock.GetUtcNow().InMicroseconds, http.User.Actor);
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        if (await AddToRecipientList.TouchAsync(db, id, stop) is { } refusal)
            return refusal;
        var removed = await db.ListEntries.Where(entry => entry.Id == entryId && entry.ListId == id && entry.RemovedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(entry => entry.RemovedAt, now).SetProperty(entry => entry.RemovedBy, actor), stop);
        if (removed == 0)
            return Problems.NotFound();
        db.WriteToAuditTrail(http, nameof(RemoveFromRecipientList), ("RecipientList", id), details: $"{entryId}");
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.NoContent();
    }
}
