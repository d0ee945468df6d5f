using System.Collections.Concurrent;
using System.Net;

namespace UnderFire.Tests.Load;

/// <summary>
/// Providers that call at their times, wait two seconds for the answer as the strictest of them do, and call again, after a growing pause, until they hear 2xx. As they
/// all do, they have so many calls open at once and no more: who calls ever more because answers are late brings down what was only slow.
/// </summary>
internal sealed class Network : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan GivenUp = TimeSpan.FromMinutes(10);

    private const int AtOnce = 64;

    private readonly HttpClient _client = new() { BaseAddress = new Uri(Servers.Setting("GATEWAY_URL")), Timeout = Patience };
    private readonly SemaphoreSlim _open = new(AtOnce, AtOnce);
    private readonly ConcurrentQueue<FirstCall> _first = new();

    /// <summary>What the first of the calls for something came to.</summary>
    /// <param name="Began">Of the clock that counts.</param>
    /// <param name="Took">Until the answer, or until it was no longer waited for.</param>
    /// <param name="Outcome">The answer's status, or why there was none.</param>
    internal sealed record FirstCall(long Began, TimeSpan Took, string Outcome)
    {
        public bool IsTaken => Outcome == nameof(HttpStatusCode.OK);

        /// <summary>No answer while it was waited for.</summary>
        public bool IsLate => Outcome == nameof(TaskCanceledException);
    }

    public IReadOnlyCollection<FirstCall> FirstCalls => _first;

    /// <summary>How far the calls fell behind their times, at most.</summary>
    public TimeSpan Behind { get; private set; }

    public async Task DeliverAsync(IEnumerable<Call> calls)
    {
        var (begin, running) = (TimeProvider.System.GetTimestamp(), new List<Task>());
        foreach (var call in calls)
        {
            if (call.At - TimeProvider.System.GetElapsedTime(begin) is { Ticks: > 0 } early)
                await Task.Delay(early);
            await _open.WaitAsync();
            Behind = TimeSpan.FromTicks(Math.Max(Behind.Ticks, (TimeProvider.System.GetElapsedTime(begin) - call.At).Ticks));
            running.Add(DeliverAsync(call.Sms));
        }

        await Task.WhenAll(running);
    }

    public void Dispose()
    {
        _client.Dispose();
        _open.Dispose();
    }

    /// <summary>The first call has its place already.</summary>
    private async Task DeliverAsync(IReadOnlyList<Sms> sms)
    {
        var first = await TryAsync(sms);
        _first.Enqueue(first);
        var pause = TimeSpan.FromSeconds(1);
        for (var call = first; !call.IsTaken; pause = pause * 2 > LongestPause ? LongestPause : pause * 2)
        {
            if (TimeProvider.System.GetElapsedTime(first.Began) > GivenUp)
                throw new TimeoutException($"{sms[0].Channel} {sms[0].Id} was not taken: {call.Outcome}");
            await Task.Delay(pause);
            await _open.WaitAsync();
            call = await TryAsync(sms);
        }
    }

    private async Task<FirstCall> TryAsync(IReadOnlyList<Sms> sms)
    {
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            using var request = Wire.Call(sms);
            using var answer = await _client.SendAsync(request);
            answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout);
            return new(began, TimeProvider.System.GetElapsedTime(began), answer.StatusCode.ToString());
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return new(began, TimeProvider.System.GetElapsedTime(began), fault.GetType().Name);
        }
        finally
        {
            _open.Release();
        }
    }
}
