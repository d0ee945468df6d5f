using System.Security.Claims;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Directory.SignIn;

/// <summary>The caller ends one of his sessions, wherever it is used.</summary>
public static class EndOwnSession
{
    internal static void Map(IEndpointRouteBuilder group) => group.MapDelete("/me/sessions/{id:guid}", HandleAsync).WithName(nameof(EndOwnSession))
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid id, ClaimsPrincipal user, Caller caller, DirectoryDb db, SignInAuthority authority, CancellationToken stop)
    {
        var accountId = user.AccountId;
        if (!await db.Sessions.AnyAsync(session => session.Id == id && session.AccountId == accountId, stop))
            return Problems.NotFound();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (await authority.RevokeAsync(db, session => session.Id == id && session.AccountId == accountId, stop) > 0)
            db.Write(caller, nameof(EndOwnSession), ("Account", accountId), null, new { SessionId = id });
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.NoContent();
    }
}
