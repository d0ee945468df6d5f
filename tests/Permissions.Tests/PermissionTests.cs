using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.SignIn;

namespace Permissions.Tests;

/// <summary>DIR-7: every endpoint of every service, asked by everybody, answers as the table of permissions says.</summary>
public sealed class PermissionTests
{
    private const string SettingUp = "setting up";

    private sealed record Caller(string Name, string? Role, string? Scope, string? Token);

    public static TheoryData<string> Services => [.. System.IO.Directory.EnumerateFiles(Path.Combine(Repository.Root, "services"), "*.csproj", SearchOption.AllDirectories)
        .Select(project => Path.GetFileNameWithoutExtension(project)).Where(name => name != "Contracts").Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task DIR_7_every_endpoint_answers_every_role_as_the_table_says(string service)
    {
        var marker = Assembly.Load(service).GetExportedTypes().Single(type => type.IsSubclassOf(typeof(DbContext)));
        await (Task)GetType().GetMethod(nameof(HoldAsync), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(marker).Invoke(null, [service])!;
    }

    private static async Task HoldAsync<TMarker>(string service)
        where TMarker : class
    {
#pragma warning disable CA1308 // The name of the database
        await using var running = new AnyService<TMarker>(service.ToLowerInvariant());
#pragma warning restore CA1308
        await running.InitializeAsync();
        var callers = CallersOf(running.SignIn, running.Clock.GetUtcNow());
        using var client = running.Client();
        var endpoints = running.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        // The service has heard of the key that signed the tokens.
        var any = endpoints.First(endpoint => endpoint.Metadata.GetMetadata<Permission>() is { Anybody: false });
        await Eventually.TrueAsync(async () =>
        {
            using var answer = await AskAsync(client, MethodsOf(any)[0], PathOf(any.RoutePattern), callers[^1]);
            return await VerdictOfAsync(answer) is "allowed" or "forbidden";
        });

        var wrong = new List<string>();
        var asked = 0;
        foreach (var endpoint in endpoints)
        {
            var permission = endpoint.Metadata.GetOrderedMetadata<Permission>().ShouldHaveSingleItem(endpoint.DisplayName);
            foreach (var method in MethodsOf(endpoint))
            {
                foreach (var caller in callers)
                {
                    using var answer = await AskAsync(client, method, PathOf(endpoint.RoutePattern), caller);
                    var (expected, actual) = (VerdictOf(permission, caller), await VerdictOfAsync(answer));
                    if (actual != expected)
                        wrong.Add($"{caller.Name}: {method} {endpoint.RoutePattern.RawText} ({permission.Name}) is {actual}, not {expected}");
                    asked++;
                }
            }
        }

        wrong.ShouldBeEmpty();
        asked.ShouldBeGreaterThan(5 * callers.Count);
    }

    /// <summary>One of each role, one account without any, one that is not set up, an application without and with each scope, and nobody.</summary>
    private static List<Caller> CallersOf(TestSignIn signIn, DateTimeOffset now) =>
    [
        new("nobody", null, null, null),
        new("account that is not set up", SettingUp, null, signIn.SettingUpToken(now)),
        new("application", null, null, signIn.ApplicationToken(now)),
        .. Scopes.All.Select(scope => new Caller($"application with {scope}", null, scope, signIn.ApplicationToken(now, scope))),
        .. Roles.All.Select(role => new Caller(role, role, null, signIn.Token(now, Guid.CreateVersion7(), null, role))),
        new("account", "", null, signIn.Token(now)),
    ];

    // Written once more than in the code, from the columns of the table.
    private static string VerdictOf(Permission permission, Caller caller) => caller switch
    {
        _ when permission.Anybody => "allowed",
        { Token: null } => "not-signed-in",
        { Role: SettingUp } => permission.AlsoSettingUp ? "allowed" : "not-signed-in",
        { Role: { } role } => permission.AnyAccount || permission.Roles.Contains(role) ? "allowed" : "forbidden",
        { Scope: var scope } => scope is not null && permission.Scopes.Contains(scope) ? "allowed" : "forbidden",
    };

    /// <summary>What comes after the door, such as "not found" or "invalid", is no matter of permission; a fault says nothing about it.</summary>
    private static async Task<string> VerdictOfAsync(HttpResponseMessage answer)
    {
        if (answer.StatusCode >= HttpStatusCode.InternalServerError)
            return $"failing ({answer.StatusCode})";
        if (answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) || answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return "allowed";
        var code = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("type").GetString()!.Split(':')[^1];
        return code is "not-signed-in" or "forbidden" ? code : "allowed";
    }

    private static List<HttpMethod> MethodsOf(RouteEndpoint endpoint) =>
        [.. (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => new HttpMethod(method))];

    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, HttpMethod method, string path, Caller caller)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method != HttpMethod.Get)
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        if (caller.Token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", caller.Token);
        // A live stream has no end.
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static string PathOf(RoutePattern pattern) => "/" + string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter when parameter.ParameterPolicies.Any(policy => policy.Content == "guid") => Guid.CreateVersion7().ToString(),
        _ => "1",
    }))));
}
