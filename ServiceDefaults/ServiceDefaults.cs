using System.Net;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceDefaults.SignIn;

namespace ServiceDefaults;

/// <summary>What every service gets, in reading order.</summary>
public static class ServiceDefaults
{
    /// <summary>
    /// Largest request body that a service reads, unless an endpoint says otherwise. Above the gateway's limit, so that the gateway refuses in peace: a
    /// service that stops reading breaks the connection between the two, and the caller sees a fault of ours.
    /// </summary>
    public const int LargestBody = 1024 * 1024;

    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);

    /// <summary>What every process has, the gateway too: telemetry, clock, problem details in two languages, limits, liveness.</summary>
    /// <param name="builder">The process's host.</param>
    /// <param name="process">Its name in telemetry.</param>
    public static void AddProcessDefaults(this WebApplicationBuilder builder, string process)
    {
        builder.AddTelemetry(process);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddOptions<CityOptions>().BindConfiguration("City").ValidateOnStart();
        builder.Services.AddSingleton<CityTime>();
        builder.Services.AddOptions<JsonOptions>().Configure<CityTime>((json, city) => json.SerializerOptions.Converters.Add(new CityTimeJson(city)));
        builder.Services.AddProblems();
        builder.Services.AddLocalization();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false)));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
        });
        builder.Services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = RequestLimit,
            TimeoutStatusCode = StatusCodes.Status504GatewayTimeout,
        });
        builder.Services.AddHealthChecks();
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            var proxies = builder.Configuration.GetSection("TrustedProxies").Get<string[]>() ?? [];
            // With empty lists the middleware would believe everybody.
            options.ForwardedHeaders = proxies.Length == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            options.KnownIPNetworks.Clear();
            options.KnownProxies.Clear();
            foreach (var proxy in proxies)
                options.KnownProxies.Add(IPAddress.Parse(proxy));
        });
    }

    /// <summary>What a service has beside that: sign-in, health of its database and outbox, API description.</summary>
    /// <param name="builder">The service's host.</param>
    /// <param name="service">Its name in telemetry and in the API description.</param>
    public static void AddServiceDefaults(this WebApplicationBuilder builder, string service)
    {
        builder.AddProcessDefaults(service);
        builder.AddSignIn();
        builder.Services.AddServiceHealth();
        builder.Services.AddApiDocument(service);
    }

    /// <summary>The middleware of every process, in its order, and health.</summary>
    public static void UseProcessDefaults(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseRequestSpans();
        app.UseRequestLocalization(options =>
        {
            options.SetDefaultCulture(Texts.Languages[0]).AddSupportedCultures(Texts.Languages).AddSupportedUICultures(Texts.Languages);
            options.ApplyCurrentCultureToResponseHeaders = true;
        });
        app.UseExceptionHandler();
        app.UseWhen(context => !context.Request.Path.StartsWithSegments(Webhooks.WebhookDoor.Path, StringComparison.OrdinalIgnoreCase), branch => branch.UseStatusCodePages());
        app.UseRouting();
        app.UseRequestTimeouts();
        app.MapHealth();
    }

    /// <summary>The same, sign-in, and <c>/openapi/v1.json</c>.</summary>
    public static void MapServiceDefaults(this WebApplication app)
    {
        app.UseProcessDefaults();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapOpenApi().RequirePermission(Permissions.Anybody);
    }

    private static void AddSignIn(this WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication(BearerHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, configureOptions: null)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SettingUpSchemeName, configureOptions: null);
        builder.Services.AddAuthorization(Policies.Add);
        builder.Services.AddSingleton<SignInState>();
        builder.Services.AddHostedService<WatchSignInState>();
    }
}
