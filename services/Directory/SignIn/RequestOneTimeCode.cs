using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using ServiceDefaults;

namespace Directory.SignIn;

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
        Request request, Caller caller, DirectoryDb db, ILookupNormalizer normalizer, CodeBudget budget, TimeProvider clock, CancellationToken stop)
    {
        var login = normalizer.NormalizeName(request.UserLogin);
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var asked = new OneTimeCodeRequest { NormalizedUserLogin = login, FromAddress = caller.FromAddress ?? "", Network = caller.Network, RequestedAt = clock.GetUtcNow() };
        if (!await budget.TryAskAsync(asked, stop))
            return Problems.Of(StatusCodes.Status429TooManyRequests, "too-many-requests");
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Accepted((string?)null);
    }
}
