using System.ComponentModel.DataAnnotations;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Audiences;

/// <summary>Another name for an own list. What was frozen before keeps the old one as its reason.</summary>
internal static class RenameRecipientList
{
    /// <param name="Name">No other list's.</param>
    /// <param name="Version">As last seen.</param>
    public sealed record Request([Required, StringLength(100, MinimumLength = 1), RegularExpression(RegisterLetter.Line)] string Name, [Required] long? Version);

    public static void Map(RouteGroupBuilder lists) => lists.MapPut("/{id:guid}", Handle)
        .WithName(nameof(RenameRecipientList)).WithSummary("Renames an own list").RequirePermission(Permissions.WordBroadcasts).RequireFreshSignIn()
        .ShowsCurrent(ListRecipientLists.ToItem)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<ListRecipientLists.Item>, ProblemHttpResult>> Handle(Guid id, Request request, HttpContext http, BroadcastDb db, CancellationToken stop)
    {
        if (await db.RecipientLists.SingleOrDefaultAsync(list => list.Id == id, stop) is not { } list)
            return Problems.NotFound();
        if (list.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (list.ClosedAt is not null)
            return Problems.Conflict("recipient-list-closed");
        list.Name = request.Name.Trim();
        list.Version++;
        db.WriteToAuditTrail(http, nameof(RenameRecipientList), ("RecipientList", id), details: list.Name);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(CreateRecipientList.NameTaken))
        {
            return Problems.Conflict("name-taken");
        }

        return TypedResults.Ok(ListRecipientLists.ToItem.Compile()(list));
    }
}
