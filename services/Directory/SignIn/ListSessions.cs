using System.Security.Claims;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Directory.SignIn;

/// <summary>Where the caller is signed in, newest first: what he does not recognise he ends.</summary>
public static class ListSessions
{
    /// <param name="LastUsedAt">Of its last refresh, so up to five minutes old.</param>
    /// <param name="FromAddress">The network that it was started from, not the whole address.</param>
    /// <param name="Device">As the browser calls itself.</param>
    public sealed record Item(Guid Id, DateTimeOffset StartedAt, DateTimeOffset LastUsedAt, string? FromAddress, string? Device, bool IsCurrent);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/me/sessions", HandleAsync).WithName(nameof(ListSessions));

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        string? cursor, ClaimsPrincipal user, DirectoryDb db, IOptions<SessionOptions> options, TimeProvider clock, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var at, out var id))
            return Problems.Invalid("cursor", "cursor");
        var (accountId, current, now) = (user.AccountId, user.SessionId, clock.GetUtcNow());
        var idleSince = now - options.Value.IdleLimit;
        var items = await db.Sessions
            .Where(session => session.AccountId == accountId && session.RevokedAt == null && session.ExpiresAt > now && session.LastUsedAt > idleSince
                && (cursor == null || session.StartedAt < at || (session.StartedAt == at && session.Id.CompareTo(id) < 0)))
            .OrderByDescending(session => session.StartedAt).ThenByDescending(session => session.Id).Take(Paging.PageSize + 1)
            .Select(session => new Item(session.Id, session.StartedAt, session.LastUsedAt, session.FromAddress, session.Device, session.Id == current))
            .ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(items, item => Paging.Cursor(item.StartedAt, item.Id)));
    }
}
