using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.OpenApi;
using ServiceDefaults.SignIn;

namespace ServiceDefaults;

/// <summary>What every service gets, in reading order.</summary>
public static class ServiceDefaults
{
    /// <summary>Largest request body that a service reads, unless an endpoint says otherwise.</summary>
    public const int LargestBody = 64 * 1024;

    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);

    /// <summary>Telemetry, clock, problem details, limits, sign-in, health and API description.</summary>
    /// <param name="builder">The service's host.</param>
    /// <param name="service">Its name in telemetry and in the API description.</param>
    public static void AddServiceDefaults(this WebApplicationBuilder builder, string service)
    {
        builder.AddTelemetry(service);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddOptions<CityOptions>().BindConfiguration("City").ValidateOnStart();
        builder.Services.AddSingleton<CityTime>();
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
        builder.AddSignIn();
        builder.Services.AddServiceHealth();
        builder.Services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = service, Version = "v1" };
            document.Servers = [];
            document.Components ??= new();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
            {
                [BearerHandler.SchemeName] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" },
            };
            document.Security = [new() { [new OpenApiSecuritySchemeReference(BearerHandler.SchemeName, document)] = [] }];
            return Task.CompletedTask;
        }));
    }

    /// <summary>The middleware in its order, health and <c>/openapi/v1.json</c>.</summary>
    public static void MapServiceDefaults(this WebApplication app)
    {
        app.UseRequestSpans();
        app.UseRequestLocalization(options =>
        {
            options.SetDefaultCulture(Texts.Languages[0]).AddSupportedCultures(Texts.Languages).AddSupportedUICultures(Texts.Languages);
            options.ApplyCurrentCultureToResponseHeaders = true;
        });
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseRequestTimeouts();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealth();
        app.MapOpenApi().AllowAnonymous();
    }

    private static void AddSignIn(this WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication(BearerHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, configureOptions: null);
        builder.Services.AddAuthorization(Policies.Add);
        builder.Services.AddSingleton<SignInState>();
        builder.Services.AddHostedService<WatchSignInState>();
    }
}
