using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Notification.Tests.Testing;

/// <summary>
/// Plays the faults of a provider, which the real Kannel does not make on command: silence, reset, rubbish. What Kannel really does is EndToEnd's business.
/// </summary>
public sealed class FaultyKannel : IAsyncDisposable
{
    public sealed record Call(string To, string? From, string? Coding, string? Mask, string? ReportUrl, string? User, string? Password, string Text, string Query);

    private readonly ConcurrentDictionary<string, Queue<Func<HttpContext, Task>>> _scripts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _prefixes = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Call> _calls = new();
    private readonly WebApplication _app;

    private FaultyKannel(WebApplication app) => _app = app;

    public Uri SendUrl => new($"{_app.Urls.First()}/cgi-bin/sendsms");

    public static async Task<FaultyKannel> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add($"http://{IPAddress.Loopback}:0");
        var kannel = new FaultyKannel(app);
        app.MapPost("/cgi-bin/sendsms", kannel.AnswerAsync);
        await app.StartAsync();
        return kannel;
    }

    public IReadOnlyList<Call> CallsTo(string number) => [.. _calls.Where(call => call.To == number)];

    /// <summary>What happens to the calls for a number, one after the other; then it is accepted.</summary>
    public void Script(string number, params Func<HttpContext, Task>[] answers) => _scripts[number] = new(answers);

    /// <summary>What happens to every call for a number that begins like this.</summary>
    public void ScriptAll(string prefix, Func<HttpContext, Task> answer) => _prefixes[prefix] = answer;

    /// <summary>Our names of the SMS that were called for, out of the addresses for their reports.</summary>
    public IReadOnlyList<string> ReferencesWith(string prefix) => [.. _calls.Where(call => call.To.StartsWith(prefix, StringComparison.Ordinal))
        .Select(call => call.ReportUrl!.Split("?id=")[1].Split('&')[0])];

    public int CallsWith(string prefix) => _calls.Count(call => call.To.StartsWith(prefix, StringComparison.Ordinal));

    public static Func<HttpContext, Task> Says(int status, string text) => context =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(text);
    };

    public static Task Accepts(HttpContext context) => Says(StatusCodes.Status202Accepted, "0: Accepted for delivery")(context);

    public static Task Resets(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    public static async Task IsSilent(HttpContext context) => await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

    /// <summary>Has taken the SMS, and answers when the test lets it.</summary>
    public static Func<HttpContext, Task> AnswersAfter(Task release) => async context =>
    {
        await release;
        await Accepts(context);
    };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        var text = await body.ReadToEndAsync();
        string? Header(string name) => context.Request.Headers["X-Kannel-" + name];
        var call = new Call(Header("To")!, Header("From"), Header("Coding"), Header("DLR-Mask"), Header("DLR-Url"), Header("Username"), Header("Password"), text,
            context.Request.QueryString.Value!);
        _calls.Enqueue(call);
        var answer = _prefixes.FirstOrDefault(entry => call.To.StartsWith(entry.Key, StringComparison.Ordinal)).Value ?? Accepts;
        if (_scripts.TryGetValue(call.To, out var script))
        {
            lock (script)
                answer = script.TryDequeue(out var next) ? next : Accepts;
        }

        await answer(context);
    }
}
