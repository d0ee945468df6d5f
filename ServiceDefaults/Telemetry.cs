using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ServiceDefaults;

/// <summary>
/// Logs, traces and metrics over OTLP, from the sources that .NET and the libraries bring. <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to; without it
/// nothing is exported. Of traces, <c>Telemetry:TracesPerSecond</c> (20) begin in a process. The SDK is built here by hand because the hosting package is not on every feed; the result is the same.
/// </summary>
public static partial class Telemetry
{
    /// <summary>Name of the platform's own activity source and meter.</summary>
    public const string Name = "Platform";

    private const int TracesPerSecond = 20;

    public static ActivitySource Source { get; } = new(Name);

    private static readonly string[] Sources = [Name, "Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "MassTransit", "Yarp.ReverseProxy"];

    private static readonly string[] Meters =
    [
        Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting",
        "Microsoft.AspNetCore.Diagnostics", "System.Net.Http", "System.Runtime", "Npgsql", "MassTransit",
    ];

    internal static void AddTelemetry(this IHostApplicationBuilder builder, string service)
    {
        // Without this switch ASP.NET Core's server spans carry no attributes in .NET 10.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        Activity.DefaultIdFormat = ActivityIdFormat.W3C;

        builder.Logging.AddSimpleConsole(console =>
        {
            console.TimestampFormat = "yyyy-MM-dd'T'HH':'mm':'ss.fff'Z' ";
            console.UseUtcTimestamp = true;
            console.SingleLine = true;
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        builder.Logging.AddFilter("Yarp.ReverseProxy", LogLevel.Warning);
        // A caller who breaks off or sends too much would fill the log with stack traces; the answer's status says enough.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Forwarder", LogLevel.Error);
        builder.Logging.AddFilter("MassTransit.ReceiveTransport", LogLevel.Error);

        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;

        var perSecond = builder.Configuration.GetValue("Telemetry:TracesPerSecond", TracesPerSecond);
        void Describe(ResourceBuilder resource) => resource.AddService(
            service, serviceNamespace: "platform", serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}");
        builder.Logging.AddOpenTelemetry(logs =>
        {
            var resource = ResourceBuilder.CreateDefault();
            Describe(resource);
            logs.SetResourceBuilder(resource).AddOtlpExporter();
        });
        builder.Services.AddSingleton(OpenTelemetrySdk.Create(sdk => sdk
            .ConfigureResource(Describe)
            .WithTracing(traces => traces.AddSource(Sources).SetSampler(new TraceSampler(perSecond, TimeProvider.System)).AddProcessor(new CleanSpans()).AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter(Meters).AddOtlpExporter())));
        builder.Services.AddHostedService<StopTelemetryLast>();
    }

    /// <summary>
    /// Gives the server's span its route and status, and takes the query away: at webhook doors it can hold a citizen's number.
    /// </summary>
    internal static void UseRequestSpans(this IApplicationBuilder app) => app.Use(async (HttpContext context, RequestDelegate next) =>
    {
        var span = Activity.Current;
        try
        {
            await next(context);
        }
        finally
        {
            if (span is not null)
                Describe(span, context);
        }
    });

    private static void Describe(Activity span, HttpContext context)
    {
        span.SetTag("url.query", null);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            span.SetTag("http.route", route);
            span.DisplayName = $"{context.Request.Method} {route}";
        }

        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>What leaves with a span.</summary>
    private sealed partial class CleanSpans : BaseProcessor<Activity>
    {
        [GeneratedRegex(@"(?<![0-9a-fA-F-])(\+|%2B)?\d{9,15}(?![0-9a-fA-F-])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
        private static partial Regex PhoneNumber();

        public override void OnEnd(Activity data)
        {
            // A caller can put a number into the path of an address that does not exist.
            foreach (var tag in new[] { "url.path", "url.full" })
            {
                if (data.GetTagItem(tag) is string address && PhoneNumber().IsMatch(address))
                    data.SetTag(tag, PhoneNumber().Replace(address, "•"));
            }
        }
    }

    /// <summary>Builds the exporters at start and flushes them when everything else has stopped.</summary>
    private sealed class StopTelemetryLast(OpenTelemetrySdk sdk) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken)
        {
            sdk.TracerProvider.ForceFlush(2000);
            sdk.MeterProvider.ForceFlush(2000);
            return Task.CompletedTask;
        }
    }
}
