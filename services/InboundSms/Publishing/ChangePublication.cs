using System.Security.Claims;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Publishing;

/// <summary>What people do to a publication, one way for each deed: only to what they may see, with who and why in the history, and with the public copy in one save.</summary>
internal static class ChangePublication
{
    public static RouteHandlerBuilder ChangesPublication(this RouteHandlerBuilder deed, Permission permission) => deed.RequirePermission(permission).RequireFreshSignIn()
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    /// <summary>Of two people at once, or of one and the clock, one wins.</summary>
    /// <param name="db">Where it stands.</param>
    /// <param name="messageId">Of a message of the case.</param>
    /// <param name="user">Who wants it.</param>
    /// <param name="now">Since when it is so.</param>
    /// <param name="change">Changes it, or says why it cannot be.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="ifNone">Code of the conflict when there is no publication yet.</param>
    public static async Task<Results<NoContent, ProblemHttpResult>> ChangePublicationAsync(
        this InboundSmsDb db, Guid messageId, ClaimsPrincipal user, DateTimeOffset now, Func<Publishable, Publication, ProblemHttpResult?> change,
        CancellationToken stop, string ifNone = "nothing-to-publish")
    {
        if (await db.PublishableAsync(messageId, user, now, stop) is not { } found)
            return Problems.NotFound();
        if (found.Publication is not { } publication)
            return Problems.Conflict(ifNone);
        if (change(found, publication) is { } refusal)
            return refusal;
        publication.Version++;
        if (publication.TakenDownAt is not null)
            await db.HideAsync(publication, stop);
        else if (publication.PublishedAt is not null)
            await db.ShowAsync(publication, now, stop);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Problems.Conflict("changed-meanwhile");
        }

        return TypedResults.NoContent();
    }
}
