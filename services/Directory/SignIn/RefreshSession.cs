using System.ComponentModel.DataAnnotations;
using Directory.Accounts;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.SignIn;

/// <summary>
/// Changes a refresh token for a new pair. Each token works once; one that comes a second time was stolen, from the one or the other, and ends the session.
/// </summary>
public static partial class RefreshSession
{
    public sealed record Request([Required, StringLength(128)] string RefreshToken);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/sessions/refresh", HandleAsync).WithName(nameof(RefreshSession));

    private static async Task<Results<Ok<Tokens>, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, DirectoryDb db, Sessions sessions, SignInAuthority authority, TimeProvider clock, ILogger<Session> log, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var hash = Sessions.HashOf(request.RefreshToken);
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var used = await db.RefreshTokens.AsNoTracking().Include(token => token.Session!.Account).SingleOrDefaultAsync(token => token.Hash == hash, stop);
        if (used?.Session is not { Account: { } account } session)
            return Over();
        if (used.UsedAt is not null)
        {
            // Once: whoever has the token can go on showing it.
            if (await authority.RevokeAsync(db, reused => reused.Id == session.Id, stop) > 0)
                db.Write(caller, "ReuseRefreshToken", ("Account", account.Id), null, new { SessionId = session.Id });
            await db.SaveChangesAsync(stop);
            await transaction.CommitAsync(stop);
            Reused(log, account.Id, session.Id);
            return Over();
        }

        if (used.ExpiresAt <= now || session.RevokedAt is not null || !await db.Accounts.Where(Admission.At(db, now)).AnyAsync(open => open.Id == account.Id, stop))
            return Over();
        // Two with one token at the same time, such as two tabs: both found it fresh, one gets it here, the other is refused and no thief.
        if (await db.RefreshTokens.Where(token => token.Hash == hash && token.UsedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(token => token.UsedAt, now), stop) == 0)
            return Over();

        await db.Sessions.Where(going => going.Id == session.Id).ExecuteUpdateAsync(set => set.SetProperty(going => going.LastUsedAt, now), stop);
        if (await sessions.IssueAsync(session, account, stop) is not { } tokens)
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "unavailable");
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Ok(tokens);
    }

    private static ProblemHttpResult Over() => Problems.Of(StatusCodes.Status401Unauthorized, "session-over");

    [LoggerMessage(Level = LogLevel.Warning, Message = "A used refresh token came again: session {SessionId} of account {AccountId} is revoked")]
    private static partial void Reused(ILogger log, Guid accountId, Guid sessionId);
}
