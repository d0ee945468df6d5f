using System.Net.Http.Json;
using System.Text.Json;

namespace EndToEnd.Tests;

/// <summary>A trace as the Aspire dashboard gives it back.</summary>
public sealed record Traces(string Id, IReadOnlyList<(string Service, string Name, string? Route)> Spans)
{
    /// <summary>PLT-2: each way stands as one trace in the dashboard, and no number in any trace or log of it.</summary>
    /// <param name="numbers">As E.164; no spelling of them.</param>
    /// <param name="logged">Ids that its last log lines name.</param>
    /// <param name="ways">Where it begins, and the services that it passes.</param>
    public static async Task HoldNoNumberAsync(IReadOnlyList<string> numbers, IReadOnlyList<Guid> logged, params IReadOnlyList<(string Route, string[] Services)> ways)
    {
        using var dashboard = new HttpClient { BaseAddress = new Uri(Servers.Setting("DASHBOARD_URL")) };
        foreach (var (route, services) in ways)
        {
            await Eventually.GetAsync(async () => Of(await dashboard.GetFromJsonAsync<JsonElement>("/api/telemetry/traces?limit=1000")),
                traces => traces.Any(trace => trace.Goes(route, services)));
        }

        // Logs leave in batches of their own, later than the traces.
        var logs = await Eventually.GetAsync(
            () => dashboard.GetStringAsync("/api/telemetry/logs?limit=20000"), text => logged.All(id => text.Contains($"{id}", StringComparison.Ordinal)));
        var spans = await dashboard.GetStringAsync("/api/telemetry/traces?limit=1000");
        foreach (var number in numbers.Select(number => number["+62".Length..]))
        {
            spans.ShouldNotContain(number);
            logs.ShouldNotContain(number);
        }
    }

    /// <summary>It begins at a route of the gateway's side and passes through all these services.</summary>
    public bool Goes(string route, string[] services) =>
        Spans.Any(span => span.Route == route) && services.All(service => Spans.Any(span => span.Service == service));

    public static IReadOnlyList<Traces> Of(JsonElement telemetry)
    {
        var spans = from resource in telemetry.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
                    let service = Attribute(resource.GetProperty("resource"), "service.name")
                    from scope in resource.GetProperty("scopeSpans").EnumerateArray()
                    from span in scope.GetProperty("spans").EnumerateArray()
                    select (Trace: span.GetProperty("traceId").GetString()!, Service: service!, Name: span.GetProperty("name").GetString()!, Route: Attribute(span, "http.route"));
        return [.. spans.GroupBy(span => span.Trace, StringComparer.Ordinal).Select(trace => new Traces(trace.Key, [.. trace.Select(span => (span.Service, span.Name, span.Route))]))];
    }

    private static string? Attribute(JsonElement owner, string key) => !owner.TryGetProperty("attributes", out var attributes) ? null : attributes.EnumerateArray()
        .Where(attribute => attribute.GetProperty("key").GetString() == key)
        .Select(attribute => attribute.GetProperty("value").GetProperty("stringValue").GetString()).FirstOrDefault();
}
