using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace InboundSms.Tests.Receive.Recovery;

/// <summary>The lists of Twilio, Vonage and Infobip as published, two messages to a page, and their faults.</summary>
public sealed class ProviderServer : IAsyncDisposable
{
    public const string TwilioPath = "/2010-04-01/Accounts/AC1/Messages.json";
    public const string VonagePath = "/v2/reports/records";
    public const string InfobipPath = "/sms/1/inbox/reports";
    private const int PageSize = 2;

    public sealed record Call(string Path, IQueryCollection Query, string? Authorization);

    public sealed record Sms(string Id, string Text, DateTimeOffset At, string From = "+6281234567890", string Direction = "inbound");

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Call> _calls = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<HttpContext, Task>>> _faults = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, List<Sms>> _lists = new(StringComparer.Ordinal);

    private ProviderServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public List<Call> Calls(string path) => [.. _calls.Where(call => call.Path == path)];

    public static async Task<ProviderServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add($"http://{IPAddress.Loopback}:0");
        var server = new ProviderServer(app);
        app.MapGet(TwilioPath, context => server.AnswerAsync(context, TwilioAsync));
        app.MapGet(VonagePath, context => server.AnswerAsync(context, VonageAsync));
        app.MapGet(InfobipPath, context => server.AnswerAsync(context, InfobipAsync));
        await app.StartAsync();
        return server;
    }

    /// <summary>What the list holds from now on.</summary>
    public void Holds(string path, params IEnumerable<Sms> messages) => _lists[path] = [.. messages];

    /// <summary>What happens to the next calls, one after the other.</summary>
    public void Script(string path, params IEnumerable<Func<HttpContext, Task>> answers) => _faults[path] = new(answers);

    public static Func<HttpContext, Task> Says(int status, string body = "", int? retryAfter = null) => context =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
            context.Response.Headers.RetryAfter = retryAfter.Value.ToString(CultureInfo.InvariantCulture);
        return context.Response.WriteAsync(body);
    };

    public static async Task IsSilent(HttpContext context) => await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, Func<HttpContext, List<Sms>, Task> page)
    {
        var path = context.Request.Path.Value!;
        _calls.Enqueue(new(path, context.Request.Query, context.Request.Headers.Authorization));
        if (_faults.TryGetValue(path, out var faults) && faults.TryDequeue(out var fault))
            await fault(context);
        else
            await page(context, _lists.GetOrAdd(path, _ => []));
    }

    private static Task TwilioAsync(HttpContext context, List<Sms> list)
    {
        var page = int.Parse(context.Request.Query["Page"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        return context.Response.WriteAsJsonAsync(new
        {
            messages = list.Skip(page * PageSize).Take(PageSize).Select(sms => new
            {
                body = sms.Text,
                direction = sms.Direction,
                from = sms.From,
                to = "+6281100000001",
                date_sent = sms.At.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture),
                account_sid = "AC1",
                sid = sms.Id,
                num_segments = "1",
                price = (string?)null,
            }),
            page,
            page_size = PageSize,
            next_page_uri = (page + 1) * PageSize < list.Count ? $"{TwilioPath}?PageSize={PageSize}&Page={page + 1}&PageToken=PASM{page}" : null,
        });
    }

    private static Task VonageAsync(HttpContext context, List<Sms> list)
    {
        var page = int.Parse(context.Request.Query["cursor"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        var goesOn = (page + 1) * PageSize < list.Count;
        var self = $"{context.Request.Scheme}://{context.Request.Host}{VonagePath}";
        return context.Response.WriteAsJsonAsync(new Dictionary<string, object>
        {
            ["request_status"] = goesOn ? "TRUNCATED" : "SUCCESS",
            ["_links"] = goesOn ? new { self = new { href = self }, next = new { href = $"{self}?cursor={page + 1}&iv=x" } } : new { self = new { href = self } },
            ["records"] = list.Skip(page * PageSize).Take(PageSize).Select(sms => new
            {
                account_id = "abcd1234",
                message_id = sms.Id,
                direction = sms.Direction,
                from = sms.From.TrimStart('+'),
                to = "6281100000001",
                message_body = sms.Text,
                date_received = sms.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss'+0000'", CultureInfo.InvariantCulture),
                total_price = "0",
            }),
        });
    }

    /// <summary>Each is told once.</summary>
    private static Task InfobipAsync(HttpContext context, List<Sms> list)
    {
        List<Sms> page;
        lock (list)
        {
            page = [.. list.Take(PageSize)];
            list.RemoveRange(0, page.Count);
        }

        return context.Response.WriteAsJsonAsync(new
        {
            results = page.Select(sms => new
            {
                messageId = sms.Id,
                from = sms.From.TrimStart('+'),
                to = "6281100000001",
                text = sms.Text,
                cleanText = sms.Text,
                receivedAt = sms.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture),
                smsCount = 1,
            }),
            messageCount = page.Count,
            pendingMessageCount = list.Count,
        });
    }
}
