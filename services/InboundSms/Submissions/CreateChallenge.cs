using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.SignIn;

namespace InboundSms.Submissions;

/// <summary>A challenge for the web form; costs us one hash and no row.</summary>
internal static class CreateChallenge
{
    /// <param name="Challenge">To be sent back with a nonce.</param>
    /// <param name="Difficulty">SHA-256 over the UTF-8 of <c>challenge.nonce</c> must begin with so many zero bits.</param>
    /// <param name="ExpiresAt">Good for one message until then.</param>
    public sealed record Response(string Challenge, int Difficulty, DateTimeOffset ExpiresAt);

    public static void Map(RouteGroupBuilder web) => web.MapGet("/challenges", Handle)
        .WithName(nameof(CreateChallenge)).WithSummary("A challenge whose solution a message of the web form brings along").RequirePermission(Permissions.Anybody);

    internal static Ok<Response> Handle(Challenges challenges, HttpResponse response)
    {
        var (challenge, expiresAt) = challenges.New();
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new Response(challenge, challenges.Difficulty, expiresAt));
    }
}
