using Yarp.ReverseProxy.Configuration;

namespace Gateway;

/// <summary>
/// The doors and what is behind each. Paths are the same on both sides, so that a service's own description of its API holds. Addresses come from
/// <c>services:&lt;name&gt;:http:0</c> and so on, one per instance.
/// </summary>
internal static class Routes
{
    public static IReadOnlyList<RouteConfig> All { get; } =
    [
        Route("webhooks-status", "/webhooks/sms/{channel}/status", "notification", Limits.Webhooks),
        Route("webhooks-email", "/webhooks/email/{**rest}", "notification", Limits.Webhooks),
        Route("webhooks", "/webhooks/sms/{channel}", "inboundsms", Limits.Webhooks),
        Route("sessions", "/api/directory/sessions/{**rest}", "directory", Limits.SignIn),
        // A file with an organisation is larger than anything else that comes in.
        Route("imports", Limits.ImportPath, "directory", Limits.Api),
        Route("oauth", "/api/directory/oauth/{**rest}", "directory", Limits.SignIn),
        Route("directory", "/api/directory/{**rest}", "directory", Limits.Api),
        // Stays open as long as the session; its signs of life come more often than ServiceAnswer.
        Route("inbound-sms-events", "/api/inbound-sms/messages/events", "inboundsms", Limits.Api) with { TimeoutPolicy = "Disable" },
        Route("inbound-sms", "/api/inbound-sms/{**rest}", "inboundsms", Limits.Api),
        Route("notifications", "/api/notifications/{**rest}", "notification", Limits.Api),
        Route("broadcasts", "/api/broadcasts/{**rest}", "broadcast", Limits.Api),
        // Everybody reads, and writes by one door.
        Route("public", "/publik/api/{**rest}", "inboundsms", Limits.Public, HttpMethods.Get),
        Route("submissions", "/publik/api/messages", "inboundsms", Limits.Submissions, HttpMethods.Post),
        Route("open-data", "/publik/data/{**rest}", "inboundsms", Limits.Public, HttpMethods.Get),
        Route("open311", "/publik/open311/{**rest}", "inboundsms", Limits.Public, HttpMethods.Get),
        .. Docs.Services.Select(service => Route($"docs-{service}", Docs.DocumentOf(service), service, Limits.Public) with
        {
            Transforms = [new Dictionary<string, string>(StringComparer.Ordinal) { ["PathSet"] = "/openapi/v1.json" }],
        }),
    ];

    public static IReadOnlyList<ClusterConfig> Clusters(IConfiguration configuration) => [.. Docs.Services.Select(service => new ClusterConfig
    {
        ClusterId = service,
        LoadBalancingPolicy = "PowerOfTwoChoices",
        Destinations = configuration.GetSection($"services:{service}:http").GetChildren()
            .ToDictionary(address => address.Key, address => new DestinationConfig { Address = address.Value! }, StringComparer.Ordinal),
        HttpRequest = new() { ActivityTimeout = Limits.LimitsOf(configuration).ServiceAnswer },
        // An instance that is away is left out within two seconds, and taken back when it is ready.
        HealthCheck = new()
        {
            Active = new() { Enabled = true, Interval = TimeSpan.FromSeconds(2), Timeout = TimeSpan.FromSeconds(2), Policy = "ConsecutiveFailures", Path = "/health/ready" },
            Passive = new() { Enabled = true, Policy = "TransportFailureRate", ReactivationPeriod = TimeSpan.FromSeconds(5) },
            // If all are out, trying beats refusing: a health check can be wrong, and the answer is an error anyway.
            AvailableDestinationsPolicy = "HealthyOrPanic",
        },
    })];

    private static RouteConfig Route(string id, string path, string service, string limit, params string[] methods) => new()
    {
        RouteId = id,
        ClusterId = service,
        Match = new() { Path = path, Methods = methods.Length == 0 ? null : methods },
        RateLimiterPolicy = limit,
    };
}
