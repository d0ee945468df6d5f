using System.Security.Claims;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Directory.SignIn;

/// <summary>Signs out: the session's tokens are refused at once.</summary>
public static class EndSession
{
    internal static void Map(IEndpointRouteBuilder group) => group.MapDelete("/sessions/current", HandleAsync).WithName(nameof(EndSession));

    private static async Task<NoContent> HandleAsync(ClaimsPrincipal user, Caller caller, DirectoryDb db, SignInAuthority authority, CancellationToken stop)
    {
        var sessionId = user.SessionId;
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        if (await authority.RevokeAsync(db, session => session.Id == sessionId, stop) > 0)
            db.Write(caller, nameof(EndSession), ("Account", user.AccountId), null, new { SessionId = sessionId });
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.NoContent();
    }
}
