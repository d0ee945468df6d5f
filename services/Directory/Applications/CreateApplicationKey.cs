using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.Applications;

/// <summary>
/// Gives an application a key, shown this once. Two can be valid at a time: the next is handed over while the last one still works, then the old one is revoked.
/// </summary>
public static class CreateApplicationKey
{
    private static readonly TimeSpan UsualLife = TimeSpan.FromDays(365);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(2 * 365);

    /// <param name="Version">Of the application.</param>
    /// <param name="ExpiresAt">In two years at most; a year from now if left out.</param>
    public sealed record Request(
        [Required] long? Version,
        DateTimeOffset? ExpiresAt = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    /// <param name="Id">Of the key, for its revocation.</param>
    /// <param name="Key">The <c>client_secret</c>; nobody can show it again.</param>
    public sealed record Response(Guid Id, string Key, DateTimeOffset ExpiresAt);

    // No Idempotency-Key: a stored answer would be a stored key. Who lost the answer finds the key in the list, and revokes it.
    internal static void Map(IEndpointRouteBuilder group) =>
        group.MapPost("/applications/{id:guid}/keys", HandleAsync).WithName(nameof(CreateApplicationKey)).ShowsCurrent(ListApplications.ToItem);

    private static async Task<Results<Created<Response>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, TimeProvider clock, HttpResponse response, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var expiresAt = (request.ExpiresAt ?? now + UsualLife).ToUniversalTime();
        if (expiresAt <= now || expiresAt > now + LongestLife)
            return Problems.Invalid("expiresAt", "key-expiry");
        // Before the version: a key that somebody gives out in between is then a stale version.
        var taken = await db.ApplicationKeys.Where(valid => valid.ApplicationId == id && valid.EndsAt > now).Select(valid => valid.Slot).ToListAsync(stop);
        if (await db.Applications.SingleOrDefaultAsync(application => application.Id == id, stop) is not { } application)
            return Problems.NotFound();
        if (application.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (taken.Count == 2)
            return Problems.Conflict("two-keys");

        var text = KeyText.New();
        var key = new ApplicationKey
        {
            ApplicationId = id,
            Slot = (short)(taken.Contains(1) ? 2 : 1),
            Hash = KeyText.HashOf(text),
            CreatedAt = now,
            EndsAt = expiresAt,
        };
        db.Add(key);
        application.Version++;
        db.Write(caller, nameof(CreateApplicationKey), ("Application", id), null, new { KeyId = key.Id, expiresAt }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.TwoKeys))
        {
            // Somebody else gave out a key at the same moment.
            return Problems.Conflict("changed-meanwhile");
        }

        response.Headers.CacheControl = "no-store";
        return TypedResults.Created((string?)null, new Response(key.Id, text, expiresAt));
    }
}
