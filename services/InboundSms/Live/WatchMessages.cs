using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace InboundSms.Live;

/// <summary>Section <c>LiveUpdate</c>.</summary>
public sealed record LiveUpdateOptions
{
    /// <summary>A sign of life after so long without news; shorter than what gateways and proxies take for dead.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Open at once, of one account and of everybody, on one instance.</summary>
    public int StreamsPerAccount { get; init; } = 5;

    public int Streams { get; init; } = 1000;
}

/// <summary>
/// Tells an open inbox what happens to its cases (server-sent events): which case and what, no words; the screen asks for the rest. Whose case it is, is asked anew
/// for each event, and whether the session still lives with each sign of life.
/// </summary>
internal static class WatchMessages
{
    // More than a screen could show: it loads its list anew instead.
    private const int MostMissed = 500;
    private const int MostScanned = 5000;

    /// <param name="Id">First message of the case.</param>
    /// <param name="CaseNumber">Told to people.</param>
    /// <param name="Kind">What happened, as in the case's history.</param>
    public sealed record Change(Guid Id, long CaseNumber, string Kind);

    private sealed record Row(Cursor At, Change Change);

    public static void Map(RouteGroupBuilder messages) => messages.MapGet("/events", Handle)
        .WithName(nameof(WatchMessages))
        .WithSummary("Live: event `change` with what happened; `reload` when too much was missed, `heartbeat`, and `signed-out` at the end of the access token")
        .RequirePermission(Permissions.ReadMessages).DisableRequestTimeout().ProducesValidationProblem().ProducesProblem(StatusCodes.Status429TooManyRequests);

    internal static async Task<Results<ServerSentEventsResult<Change?>, ProblemHttpResult>> Handle(
        [FromHeader(Name = "Last-Event-ID"), StringLength(40)] string? lastEventId, HttpContext http, LiveStreams streams, CaseChanges changes,
        IHostApplicationLifetime host, CancellationToken stop)
    {
        var since = string.IsNullOrEmpty(lastEventId) ? null : Cursor.Read(lastEventId);
        if (since is null && !string.IsNullOrEmpty(lastEventId))
            return Problems.Invalid("Last-Event-ID", "cursor");
        var head = await changes.HeadAsync(stop);
        if (streams.Open(http.User.Actor) is not { } stream)
            return Problems.Of(StatusCodes.Status429TooManyRequests, "too-many-streams");
        http.Response.RegisterForDispose(stream);
        var ends = CancellationTokenSource.CreateLinkedTokenSource(stop, host.ApplicationStopping);
        http.Response.RegisterForDispose(ends);
        // Else a proxy before the gateway may collect what should be seen at once.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(StreamAsync(http, since, head, ends.Token));
    }

    private static async IAsyncEnumerable<SseItem<Change?>> StreamAsync(HttpContext http, Cursor? since, Cursor head, [EnumeratorCancellation] CancellationToken stop)
    {
        var (signIn, changes) = (http.RequestServices.GetRequiredService<SignInState>(), http.RequestServices.GetRequiredService<CaseChanges>());
        var heartbeat = http.RequestServices.GetRequiredService<IOptions<LiveUpdateOptions>>().Value.Heartbeat;
        var token = http.Request.Headers.Authorization.ToString().Split(' ')[^1];
        var at = since ?? head;
        if (since is not null && await MissedTooMuchAsync(http.RequestServices, at, head, stop))
            yield return Of("reload", at = head);
        else
            yield return Of("heartbeat", at);

        while (!stop.IsCancellationRequested)
        {
            if (signIn.Verify(token) is null)
            {
                yield return Of("signed-out", at);
                yield break;
            }

            var isNews = await changes.WaitAsync(at, heartbeat, stop);
            if (!isNews)
            {
                yield return Of("heartbeat", at);
                continue;
            }

            head = await changes.HeadAsync(stop);
            var news = await ReadAsync(http.RequestServices, http.User, at, head, stop);
            at = head;
            if (news.Count > MostMissed)
                yield return Of("reload", at);
            for (var n = 0; n < news.Count && news.Count <= MostMissed; n++)
                yield return Of("change", news[n].At, news[n].Change);
        }
    }

    private static SseItem<Change?> Of(string type, Cursor at, Change? change = null) => new(change, type) { EventId = at.ToString() };

    /// <summary>The point is older than what is kept, from another time, or too far back.</summary>
    private static async Task<bool> MissedTooMuchAsync(IServiceProvider services, Cursor since, Cursor head, CancellationToken stop)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InboundSmsDb>();
        var isKept = await db.CaseChanges.AnyAsync(change => change.Tx < since.Tx || (change.Tx == since.Tx && change.Seq <= since.Seq), stop);
        return !isKept || since.IsBehind(head) || await Between(db, since, head).Take(MostScanned + 1).CountAsync(stop) > MostScanned;
    }

    private static IQueryable<CaseChange> Between(InboundSmsDb db, Cursor since, Cursor head) => db.CaseChanges.Where(change =>
        (change.Tx > since.Tx || (change.Tx == since.Tx && change.Seq > since.Seq)) && (change.Tx < head.Tx || (change.Tx == head.Tx && change.Seq <= head.Seq)));

    private static async Task<List<Row>> ReadAsync(IServiceProvider services, ClaimsPrincipal user, Cursor since, Cursor head, CancellationToken stop)
    {
        // A context for a look: a stream that lasts for minutes holds no connection.
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InboundSmsDb>();
        var now = scope.ServiceProvider.GetRequiredService<TimeProvider>().GetUtcNow();
        var (readable, positions) = (db.ReadableBy(user, now), db.PositionsReadBy(user, now));
        return await (
            from change in Between(db, since, head)
            join c in db.Cases on change.CaseId equals c.Id
            // Who gave it away hears that too: it is to vanish from his screen.
            where readable.Any(own => own.Id == change.CaseId) || db.Forwardings.Any(f => f.EventId == change.EventId && positions.Any(p => p.Id == f.FromPositionId))
            orderby change.Tx, change.Seq
            select new Row(new(change.Tx, change.Seq), new(c.FirstMessageId, c.Number, change.Kind))).Take(MostMissed + 1).ToListAsync(stop);
    }
}

/// <summary>How many streams are open on this instance, and whose.</summary>
internal sealed class LiveStreams
{
    private readonly ConcurrentDictionary<string, int> _open = new(StringComparer.Ordinal);
    private readonly LiveUpdateOptions _options;

    public LiveStreams(IOptions<LiveUpdateOptions> options, IMeterFactory meters)
    {
        _options = options.Value;
        meters.Create(Telemetry.Name).CreateObservableUpDownCounter("platform.sms.live_streams", () => _open.Values.Sum(), "{stream}", "Inboxes that are told live what happens");
    }

    /// <summary>A place, until it is disposed of; null when there is none.</summary>
    public IDisposable? Open(string account)
    {
        if (_open.Values.Sum() >= _options.Streams)
            return null;
        if (_open.AddOrUpdate(account, 1, (_, open) => open + 1) <= _options.StreamsPerAccount)
            return new Place(this, account);
        Close(account);
        return null;
    }

    private void Close(string account)
    {
        _open.AddOrUpdate(account, 0, (_, open) => open - 1);
        _open.TryRemove(new(account, 0));
    }

    private sealed class Place(LiveStreams streams, string account) : IDisposable
    {
        public void Dispose() => streams.Close(account);
    }
}
