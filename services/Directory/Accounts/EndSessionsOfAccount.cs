using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.SignIn;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.Accounts;

/// <summary>The Administrator signs somebody out everywhere, such as for a lost telephone. The account stays open.</summary>
public static class EndSessionsOfAccount
{
    public sealed record Request([Required, StringLength(Spelling.LongestReason, MinimumLength = 3), RegularExpression(Spelling.Line)] string Reason);

    internal static void Map(IEndpointRouteBuilder group) =>
        group.MapPost("/accounts/{id:guid}/sessions/end", HandleAsync).WithName(nameof(EndSessionsOfAccount));

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, SignInAuthority authority, CancellationToken stop)
    {
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        if (!await db.Accounts.AnyAsync(account => account.Id == id, stop))
            return Problems.NotFound();
        db.Write(caller, nameof(EndSessionsOfAccount), ("Account", id), null, null, request.Reason);
        await db.SaveChangesAsync(stop);
        // A code that has come to the lost telephone.
        await db.OneTimeCodes.Where(sent => sent.AccountId == id).ExecuteDeleteAsync(stop);
        await authority.RevokeAsync(db, session => session.AccountId == id, stop);
        await transaction.CommitAsync(stop);
        return TypedResults.NoContent();
    }
}
