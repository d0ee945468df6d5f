using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace ServiceDefaults.SignIn;

/// <summary>Deny by default, and one policy for each permission.</summary>
internal static class Policies
{
    internal static void Add(AuthorizationOptions options)
    {
        // An endpoint that names no permission answers nobody. A wrong path, method or media type is no endpoint of ours and keeps its 404, 405 or 415.
        options.FallbackPolicy = new AuthorizationPolicyBuilder()
            .RequireAssertion(context => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint).Build();
        Permissions.AddPolicies(options);
    }
}

/// <summary>The person or application behind a request.</summary>
public static class CurrentUser
{
    internal const string OfficialClaim = "official";
    internal const string SessionClaim = "sid";
    internal const string ScopeClaim = "scope";
    internal const string ApplicationClaim = "client_id";

    extension(ClaimsPrincipal user)
    {
        public Guid AccountId => Guid.Parse(user.FindFirstValue(ClaimTypes.NameIdentifier)!);
        public Guid SessionId => Guid.Parse(user.FindFirstValue(SessionClaim)!);
        public bool HasOfficial => user.HasClaim(claim => claim.Type == OfficialClaim);
        public Guid OfficialId => Guid.Parse(user.FindFirstValue(OfficialClaim)!);
        public bool IsApplication => user.HasClaim(claim => claim.Type == ApplicationClaim);
        public bool HasScope(string scope) => user.HasClaim(ScopeClaim, scope);
        public IReadOnlyList<string> Roles => [.. user.FindAll(ClaimTypes.Role).Select(claim => claim.Value)];
        /// <summary>How this person or application appears as the actor of events and audit entries.</summary>
        public string Actor => user.FindFirstValue(ClaimTypes.NameIdentifier)!;
    }
}

/// <summary>One strict handler for everybody: the Authorization header, scheme Bearer, and nothing else (no cookie, no query).</summary>
internal sealed class BearerHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, SignInState state)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";
    public const string SettingUpSchemeName = "BearerSettingUp";
    private const string Prefix = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return Task.FromResult(AuthenticateResult.NoResult());
        if (state.Verify(header[Prefix.Length..], alsoSettingUp: Scheme.Name == SettingUpSchemeName) is not { } token)
            return Task.FromResult(AuthenticateResult.Fail("The token is not valid."));

        var claims = new List<Claim>
        {
            new(ClaimTypes.NameIdentifier, token.AccountId.ToString()),
            new(CurrentUser.SessionClaim, token.SessionId.ToString()),
        };
        if (token.OfficialId is { } official)
            claims.Add(new(CurrentUser.OfficialClaim, official.ToString()));
        if (token.Scopes is { } scopes)
        {
            claims.Add(new(CurrentUser.ApplicationClaim, token.AccountId.ToString()));
            claims.AddRange(scopes.Select(scope => new Claim(CurrentUser.ScopeClaim, scope)));
        }

        claims.AddRange(token.Roles.Select(role => new Claim(ClaimTypes.Role, role)));
        var principal = new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName));
        return Task.FromResult(AuthenticateResult.Success(new(principal, SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers[HeaderNames.WWWAuthenticate] = SchemeName;
        return Problems.WriteAsync(Context, StatusCodes.Status401Unauthorized, "not-signed-in");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.WriteAsync(Context, StatusCodes.Status403Forbidden, "forbidden");
}

/// <summary>Sensitive acts need a sign-in state that is no older than a minute.</summary>
public static class FreshSignIn
{
    /// <summary>Refuses with 503 while a revocation could have been missed.</summary>
    public static TBuilder RequireFreshSignIn<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder => endpoints.AddEndpointFilter(async (context, next) =>
            context.HttpContext.RequestServices.GetRequiredService<SignInState>().IsFresh
                ? await next(context)
                : Problems.Of(StatusCodes.Status503ServiceUnavailable, "sign-in-state-stale"));
}
