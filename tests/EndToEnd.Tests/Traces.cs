using System.Text.Json;

namespace EndToEnd.Tests;

/// <summary>A trace as the Aspire dashboard gives it back.</summary>
public sealed record Traces(string Id, IReadOnlyList<(string Service, string Name, string? Route)> Spans)
{
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
