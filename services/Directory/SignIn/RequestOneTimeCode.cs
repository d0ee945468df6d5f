using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace Directory.SignIn;

/// <summary>Section <c>OneTimeCodes</c>: how often somebody may ask for a code. Each is an SMS that the city pays and a telephone that rings.</summary>
public sealed record OneTimeCodeOptions
{
    [Range(1, 100)]
    public int PerLoginAndQuarterHour { get; init; } = 3;

    [Range(1, 1000)]
    public int PerLoginAndDay { get; init; } = 10;

    /// <summary>An office can be one address.</summary>
    [Range(1, 100_000)]
    public int PerAddressAndHour { get; init; } = 100;
}

/// <summary>
/// Asks for a one-time code to the notice phone: for the first sign-in and for a lost password. Every login gets the same answer for the same work, also one that
/// does not exist, is closed or has no phone: the request is noted here, and <see cref="SendOneTimeCodes"/> looks at it later.
/// </summary>
public static class RequestOneTimeCode
{
    public sealed record Request([Required, StringLength(Spelling.LongestUserLogin), RegularExpression(Spelling.Line)] string UserLogin);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/sessions/codes", HandleAsync).WithName(nameof(RequestOneTimeCode))
        .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<Results<Accepted, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, DirectoryDb db, ILookupNormalizer normalizer, IOptions<OneTimeCodeOptions> limits, TimeProvider clock,
        CancellationToken stop)
    {
        var (now, limit) = (clock.GetUtcNow(), limits.Value);
        var (login, address) = (normalizer.NormalizeName(request.UserLogin), caller.FromAddress ?? "");
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        // Requests of one address or for one login queue up here: many at once are counted as many.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({address}, 1))", stop);
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({login}, 2))", stop);
        var recent = db.OneTimeCodeRequests.Where(asked => asked.NormalizedUserLogin == login);
        if (await recent.CountAsync(asked => asked.RequestedAt > now.AddMinutes(-15), stop) >= limit.PerLoginAndQuarterHour
            || await recent.CountAsync(asked => asked.RequestedAt > now.AddDays(-1), stop) >= limit.PerLoginAndDay
            || await db.OneTimeCodeRequests.CountAsync(asked => asked.FromAddress == address && asked.RequestedAt > now.AddHours(-1), stop) >= limit.PerAddressAndHour)
            return Problems.Of(StatusCodes.Status429TooManyRequests, "too-many-requests");

        db.Add(new OneTimeCodeRequest { NormalizedUserLogin = login, FromAddress = address, RequestedAt = now });
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Accepted((string?)null);
    }
}
