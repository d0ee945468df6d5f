using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Notification.Tests.Testing;

/// <summary>A provider that takes SMS as forms and answers questions in JSON, as its documents describe it, with faults by number.</summary>
public sealed class FaultyProvider : IAsyncDisposable
{
    public sealed record Call(IReadOnlyDictionary<string, string> Form, string Authorization);

    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _scripts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Call>> _calls = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    private FaultyProvider(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>What it answers to a question, by the path and query of it: JSON, or a fault; it knows nothing of any other.</summary>
    public ConcurrentDictionary<string, object> Knows { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Questions { get; } = new();

    /// <param name="path">Where it takes SMS.</param>
    /// <param name="number">The form's field for the number.</param>
    /// <param name="accepts">Its answer to one that it takes.</param>
    public static async Task<FaultyProvider> StartAsync(string path, string number, Func<Call, IResult> accepts)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add($"http://{IPAddress.Loopback}:0");
        var provider = new FaultyProvider(app);
        app.MapPost(path, async (HttpContext context) =>
        {
            var form = await context.Request.ReadFormAsync();
            var call = new Call(form.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal), context.Request.Headers.Authorization.ToString());
            var to = call.Form[number];
            provider._calls.GetOrAdd(to, _ => new()).Enqueue(call);
            await (provider._scripts.TryGetValue(to, out var script) ? script(context) : accepts(call).ExecuteAsync(context));
        });
        app.MapGet("/{**question}", async (HttpContext context) =>
        {
            var question = context.Request.Path + context.Request.QueryString;
            provider.Questions.Enqueue(question);
            await (provider.Knows.TryGetValue(question, out var answer) switch
            {
                true when answer is Func<HttpContext, Task> fault => fault(context),
                true => Results.Json(answer).ExecuteAsync(context),
                _ => Results.NotFound().ExecuteAsync(context),
            });
        });
        await app.StartAsync();
        return provider;
    }

    /// <summary>What happens to every call for a number.</summary>
    public void Script(string number, Func<HttpContext, Task> answer) => _scripts[number] = answer;

    public IReadOnlyList<Call> CallsTo(string number) => _calls.TryGetValue(number, out var calls) ? [.. calls] : [];

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
