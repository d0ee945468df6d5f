using System.ComponentModel.DataAnnotations;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Audiences;

/// <summary>A letter counts no more: nothing is submitted under it from now on. What it has carried stays as it was.</summary>
internal static class RevokeLetter
{
    /// <param name="Reason">For the audit trail, and for whoever wonders.</param>
    /// <param name="Version">As last seen.</param>
    public sealed record Request([Required, StringLength(500, MinimumLength = 1), RegularExpression(RegisterLetter.Line)] string Reason, [Required] long? Version);

    public static void Map(RouteGroupBuilder letters) => letters.MapPost("/{id:guid}/revocation", Handle)
        .WithName(nameof(RevokeLetter)).WithSummary("Ends a written authority before its time")
        .RequirePermission(Permissions.WordBroadcasts).RequireFreshSignIn().ShowsCurrent(ListLetters.ToItem)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<ListLetters.Item>, ProblemHttpResult>> Handle(
        Guid id, Request request, HttpContext http, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        if (await db.Letters.SingleOrDefaultAsync(letter => letter.Id == id, stop) is not { } letter)
            return Problems.NotFound();
        if (letter.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (letter.RevokedAt is not null)
            return Problems.Conflict("letter-revoked");
        (letter.RevokedAt, letter.RevokedBy, letter.RevokedReason) = (clock.GetUtcNow().InMicroseconds, http.User.Actor, request.Reason.Trim());
        letter.Version++;
        db.WriteToAuditTrail(http, nameof(RevokeLetter), ("AuthorizationLetter", id), letter.RevokedReason, letter.Reference);
        await db.SaveChangesAsync(stop);
        return TypedResults.Ok(ListLetters.ToItem.Compile()(letter));
    }
}
