using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Features;
using ServiceDefaults;
using ServiceDefaults.Webhooks;

namespace Gateway;

/// <summary>Section <c>Limits</c>: what one address, or network of IPv6, may ask for. Generous to people, tight to guessing.</summary>
public sealed record LimitOptions
{
    /// <summary>Calls to the API per second and address, and what may come at once.</summary>
    public int ApiPerSecond { get; init; } = 200;

    public int ApiBurst { get; init; } = 2000;

    /// <summary>Sign-ins per minute and address; Directory locks the account besides.</summary>
    public int SignInsPerMinute { get; init; } = 240;

    /// <summary>Messages of the web form per minute and address. Each has its proof of work besides; many people share one address of a mobile operator.</summary>
    public int SubmissionsPerMinute { get; init; } = 60;

    /// <summary>Webhook calls under way at once, over all providers: beyond, they wait, then hear 503 and repeat.</summary>
    public int WebhooksAtOnce { get; init; } = 1024;

    /// <summary>A service that has not answered by then is given up: 504.</summary>
    public TimeSpan ServiceAnswer { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Request body in bytes, at every door but that of imports.</summary>
    public int LargestBody { get; init; } = WebhookBody.Largest;

    /// <summary>A file with an organisation, in bytes; Directory takes no more.</summary>
    public int LargestImport { get; init; } = 8 * 1024 * 1024;
}

/// <summary>Rate and size limits of the doors.</summary>
internal static class Limits
{
    private const int LargestDrained = 16 * 1024 * 1024;

    public const string ImportPath = "/api/directory/imports";
    public const string Webhooks = "webhooks";
    public const string SignIn = "sign-in";
    public const string Api = "api";
    public const string Public = "public";
    public const string Submissions = "submissions";

    public static void AddLimits(this WebApplicationBuilder builder)
    {
        var limits = LimitsOf(builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = limits.LargestBody);
        builder.Services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.OnRejected = (context, _) =>
            {
                context.HttpContext.Response.Headers.RetryAfter = "1";
                // A provider takes 503 as "later"; 429 is not in every provider's contract.
                if (context.HttpContext.Request.Path.StartsWithSegments(WebhookDoor.Path, StringComparison.OrdinalIgnoreCase))
                    context.HttpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return ValueTask.CompletedTask;
            };
            options.AddPolicy(Api, context => PerNetwork(context, limits.ApiBurst, limits.ApiPerSecond, TimeSpan.FromSeconds(1)));
            options.AddPolicy(Public, context => PerNetwork(context, limits.ApiBurst, limits.ApiPerSecond, TimeSpan.FromSeconds(1)));
            options.AddPolicy(SignIn, context => PerNetwork(context, limits.SignInsPerMinute, limits.SignInsPerMinute, TimeSpan.FromMinutes(1)));
            options.AddPolicy(Submissions, context => PerNetwork(context, limits.SubmissionsPerMinute, limits.SubmissionsPerMinute, TimeSpan.FromMinutes(1)));
            options.AddPolicy(Webhooks, _ => RateLimitPartition.GetConcurrencyLimiter(Webhooks, _ => new()
            {
                PermitLimit = limits.WebhooksAtOnce,
                QueueLimit = 10 * limits.WebhooksAtOnce,
            }));
        });
    }

    /// <summary>Refuses an announced body that is too large before reading it; Kestrel cuts off one that is not announced.</summary>
    public static void UseBodyLimit(this WebApplication app)
    {
        var limits = LimitsOf(app.Configuration);
        app.Use((context, next) =>
        {
            var isImport = context.Request.Path.Equals(ImportPath, StringComparison.OrdinalIgnoreCase);
            var largest = isImport ? limits.LargestImport : limits.LargestBody;
            if (isImport && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } import)
                import.MaxRequestBodySize = largest;
            if (context.Request.ContentLength is not { } length || length <= largest)
                return next(context);
            // Lets Kestrel read the rest away behind the answer. Closing at once would reset the connection, and the caller might never see the 413.
            if (length <= LargestDrained && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
                limit.MaxRequestBodySize = LargestDrained;
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return Task.CompletedTask;
        });
    }

    public static LimitOptions LimitsOf(IConfiguration configuration) => configuration.GetSection("Limits").Get<LimitOptions>() ?? new();

    private static RateLimitPartition<string> PerNetwork(HttpContext context, int burst, int tokens, TimeSpan period) =>
        RateLimitPartition.GetTokenBucketLimiter(CallerNetwork.Of(context.Connection.RemoteIpAddress), _ => new()
        {
            TokenLimit = burst,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = period,
            QueueLimit = 0,
        });
}
