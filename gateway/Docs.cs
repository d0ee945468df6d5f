namespace Gateway;

/// <summary><c>/docs</c>: the API reference of all services, each from the description that the service itself gives.</summary>
internal static class Docs
{
    public static IReadOnlyList<string> Services { get; } = ["directory", "inboundsms", "notification", "broadcast"];

    public static string DocumentOf(string service) => $"/docs/{service}.json";

    public static void UseDocs(this IApplicationBuilder app) => app.UseSwaggerUI(page =>
    {
        page.RoutePrefix = "docs";
        page.DocumentTitle = "Platform API";
        foreach (var service in Services)
            page.SwaggerEndpoint(DocumentOf(service), service);
    });
}
