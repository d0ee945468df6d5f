using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.SignIn;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.Applications;

/// <summary>
/// Ends a key and the tokens that it was exchanged for, in every service within seconds (DIR-8). Without a version: it must succeed in a hurry, and a second time it
/// changes nothing.
/// </summary>
public static class RevokeApplicationKey
{
    public sealed record Request([StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) =>
        group.MapPost("/applications/{id:guid}/keys/{keyId:guid}/revocation", HandleAsync).WithName(nameof(RevokeApplicationKey));

    private static async Task<Results<Ok<ListApplications.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Guid keyId, Request request, Caller caller, DirectoryDb db, SignInAuthority authority, TimeProvider clock, CancellationToken stop)
    {
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        var now = clock.GetUtcNow();
        // Of two at once, one revokes.
        if (await db.ApplicationKeys.Where(key => key.Id == keyId && key.ApplicationId == id && key.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(key => key.RevokedAt, now)
                .SetProperty(key => key.EndsAt, key => key.EndsAt < now ? key.EndsAt : key.CreatedAt > now ? key.CreatedAt : now), stop) == 1)
        {
            await db.Applications.Where(application => application.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(application => application.Version, application => application.Version + 1), stop);
            db.Write(caller, nameof(RevokeApplicationKey), ("Application", id), new { KeyId = keyId }, null, request.Reason);
            await db.SaveChangesAsync(stop);
            await authority.AnnounceAsync(db, stop);
            await transaction.CommitAsync(stop);
        }

        return await db.Applications.Where(application => application.Id == id && application.Keys.Any(key => key.Id == keyId))
            .Select(ListApplications.ToItem).SingleOrDefaultAsync(stop) is { } item ? TypedResults.Ok(item) : Problems.NotFound();
    }
}
