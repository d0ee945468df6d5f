using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Notification.Tests.Testing;

/// <summary>An application's own door, which answers as the test says.</summary>
public sealed class CallbackReceiver : IAsyncDisposable
{
    /// <summary>Instead of a status: says nothing until the caller hangs up.</summary>
    public const int IsSilent = 0;
    /// <summary>Instead of a status: has read the call, and ends the connection.</summary>
    public const int Resets = -1;

    public sealed record Call(string Application, string Id, string Timestamp, string Signature, byte[] Body, int Answer)
    {
        public JsonElement Json => JsonElement.Parse(Body);
        public JsonElement Data => Json.GetProperty("data");
        public string Message => Data.GetProperty("id").GetString()!;
        public string Status => Data.GetProperty("status").GetString()!;
        public long Version => Data.GetProperty("version").GetInt64();
    }

    private readonly ConcurrentQueue<Call> _calls = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<int>> _scripts = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    private CallbackReceiver(WebApplication app) => _app = app;

    public static async Task<CallbackReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add($"http://{IPAddress.Loopback}:0");
        var receiver = new CallbackReceiver(app);
        app.MapPost("/{application}", receiver.AnswerAsync);
        await app.StartAsync();
        return receiver;
    }

    public string UrlOf(Guid application) => $"{_app.Urls.First()}/{application}";

    public IReadOnlyList<Call> Calls => [.. _calls];

    public IReadOnlyList<Call> CallsOf(Guid application) => [.. _calls.Where(call => call.Application == application.ToString())];

    /// <summary>What the calls for an application are answered with, one after the other; then 204.</summary>
    public void Script(Guid application, params int[] answers) => _scripts[application.ToString()] = new(answers);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(string application, HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        string Header(string name) => context.Request.Headers[name].ToString();
        var answer = _scripts.TryGetValue(application, out var script) && script.TryDequeue(out var next) ? next : StatusCodes.Status204NoContent;
        _calls.Enqueue(new(application, Header("webhook-id"), Header("webhook-timestamp"), Header("webhook-signature"), body.ToArray(), answer));
        if (answer == IsSilent)
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        else if (answer == Resets)
            context.Abort();
        else
            context.Response.StatusCode = answer;
    }
}
