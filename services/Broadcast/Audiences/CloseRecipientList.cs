using System.ComponentModel.DataAnnotations;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Audiences;

/// <summary>No new broadcast uses the list. It stays readable, and counts for what was approved with it.</summary>
internal static class CloseRecipientList
{
    /// <param name="Version">As last seen.</param>
    public sealed record Request([Required] long? Version);

    public static void Map(RouteGroupBuilder lists) => lists.MapPost("/{id:guid}/close", Handle)
        .WithName(nameof(CloseRecipientList)).WithSummary("Closes an own list").RequirePermission(Permissions.WordBroadcasts).RequireFreshSignIn()
        .ShowsCurrent(ListRecipientLists.ToItem)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<ListRecipientLists.Item>, ProblemHttpResult>> Handle(
        Guid id, Request request, HttpContext http, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        if (await db.RecipientLists.SingleOrDefaultAsync(list => list.Id == id, stop) is not { } list)
            return Problems.NotFound();
        if (list.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (list.ClosedAt is not null)
            return Problems.Conflict("recipient-list-closed");
        list.ClosedAt = clock.GetUtcNow().InMicroseconds;
        list.Version++;
        db.WriteToAuditTrail(http, nameof(CloseRecipientList), ("RecipientList", id), details: list.Name);
        await db.SaveChangesAsync(stop);
        return TypedResults.Ok(ListRecipientLists.ToItem.Compile()(list));
    }
}
