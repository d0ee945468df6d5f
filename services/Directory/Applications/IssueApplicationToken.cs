using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Directory.Auditing;
using Directory.SignIn;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using ServiceDefaults.SignIn;
using ServiceDefaults.Webhooks;

namespace Directory.Applications;

/// <summary>
/// An application changes its key for an access token of five minutes: OAuth 2.0 client credentials (RFC 6749 4.4) with Basic authentication, the key as the secret.
/// Answers and errors are those of RFC 6749 5, since OAuth libraries read them.
/// </summary>
public static class IssueApplicationToken
{
    private static readonly TimeSpan UseIsNotedEvery = TimeSpan.FromMinutes(1);

    /// <summary>The form that is sent.</summary>
    public sealed record Form(
        [property: JsonPropertyName("grant_type")] string GrantType, [property: JsonPropertyName("scope")] string? Scope = null);

    public sealed record Response(
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("token_type")] string TokenType,
        [property: JsonPropertyName("expires_in")] int ExpiresIn,
        [property: JsonPropertyName("scope")] string Scope);

    public sealed record Error([property: JsonPropertyName("error")] string Code);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/oauth/token", HandleAsync).WithName(nameof(IssueApplicationToken))
        .WithSummary("OAuth 2.0 client credentials; client_id and client_secret by Basic authentication")
        .Accepts<Form>("application/x-www-form-urlencoded").Produces<Error>(StatusCodes.Status400BadRequest).Produces<Error>(StatusCodes.Status401Unauthorized);

    private static async Task<Results<Ok<Response>, JsonHttpResult<Error>>> HandleAsync(
        HttpRequest request, Caller caller, DirectoryDb db, SigningKeys keys, FailedSignIns failures, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var (application, key) = await AuthenticateAsync(request, db, now, stop);
        if (application is null || key is null)
        {
            await failures.CountAsync(db, caller, "Application", application?.Id, locks: false, stop);
            request.HttpContext.Response.Headers[HeaderNames.WWWAuthenticate] = "Basic realm=\"applications\"";
            return Refusal("invalid_client", StatusCodes.Status401Unauthorized);
        }

        if (await WebhookBody.ReadAsync(request, stop) is not { } body || FormBody.Parse(body) is not { } fields
            || fields.DistinctBy(field => field.Key, StringComparer.Ordinal).Count() != fields.Count
            || fields.Value("grant_type") is not { } grant)
            return Refusal("invalid_request");
        if (grant != "client_credentials")
            return Refusal("unsupported_grant_type");
        var scopes = fields.Value("scope") is { Length: > 0 } asked ? asked.Split(' ').Distinct(StringComparer.Ordinal).ToList() : application.Scopes;
        if (scopes.Exists(scope => !application.Scopes.Contains(scope, StringComparer.Ordinal)))
            return Refusal("invalid_scope");

        if (await keys.SignAsync(db, new(application.Id, key.Id, OfficialId: null, Roles: [], scopes), stop) is not var (token, _))
            return Refusal("temporarily_unavailable", StatusCodes.Status503ServiceUnavailable);
        var noted = now - UseIsNotedEvery;
        await db.ApplicationKeys.Where(used => used.Id == key.Id && (used.LastUsedAt == null || used.LastUsedAt < noted))
            .ExecuteUpdateAsync(set => set.SetProperty(used => used.LastUsedAt, now), stop);
        return TypedResults.Ok(new Response(token, "Bearer", (int)AccessTokens.Lifetime.TotalSeconds, string.Join(' ', scopes)));
    }

    /// <summary>The application that the caller names, and its key if the caller has one that is valid.</summary>
    private static async Task<(Application? Application, ApplicationKey? Key)> AuthenticateAsync(HttpRequest request, DirectoryDb db, DateTimeOffset now, CancellationToken stop)
    {
        if (request.Headers.Authorization is not [{ } header] || BasicCredentials.Read(header) is not var (user, secret)
            || !Guid.TryParseExact(user, "D", out var id) || !KeyText.IsSpelled(secret))
            return (null, null);
        var hash = KeyText.HashOf(secret);
        var application = await db.Applications.AsNoTracking().Include(known => known.Keys.Where(key => key.EndsAt > now))
            .SingleOrDefaultAsync(known => known.Id == id, stop);
        return (application, application is not { SuspendedAt: null } ? null : application.Keys.Find(key => CryptographicOperations.FixedTimeEquals(key.Hash, hash)));
    }

    private static JsonHttpResult<Error> Refusal(string error, int status = StatusCodes.Status400BadRequest) => TypedResults.Json(new Error(error), statusCode: status);
}
