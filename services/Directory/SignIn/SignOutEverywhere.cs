using System.Security.Claims;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.SignIn;

namespace Directory.SignIn;

/// <summary>Ends all sessions of the caller, this one too.</summary>
public static class SignOutEverywhere
{
    internal static void Map(IEndpointRouteBuilder group) => group.MapDelete("/me/sessions", HandleAsync).WithName(nameof(SignOutEverywhere));

    private static async Task<NoContent> HandleAsync(ClaimsPrincipal user, Caller caller, DirectoryDb db, SignInAuthority authority, CancellationToken stop)
    {
        var accountId = user.AccountId;
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (await authority.RevokeAsync(db, session => session.AccountId == accountId, stop) is var ended and > 0)
            db.Write(caller, nameof(SignOutEverywhere), ("Account", accountId), null, new { Sessions = ended });
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.NoContent();
    }
}
