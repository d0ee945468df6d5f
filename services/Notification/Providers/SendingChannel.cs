using Notification.Sending;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Notification.Providers;

/// <summary>A channel that sends: its provider behind a time limit and a circuit. Each channel has its own, so that one that is away holds up no other.</summary>
internal sealed partial class SendingChannel
{
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan QuestionLimit = TimeSpan.FromSeconds(10);

    private readonly ISmsProvider _provider;
    private readonly ResiliencePipeline<SendOutcome> _pipeline;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private long _restsUntil;
    private long _failingSince;

    public SendingChannel(string name, ISmsProvider provider, SendingOptions options, TimeProvider clock, ILogger log)
    {
        (Name, _provider, _clock, _log) = (name, provider, clock, log);
        _pipeline = new ResiliencePipelineBuilder<SendOutcome> { TimeProvider = clock }
            .AddCircuitBreaker(new()
            {
                ShouldHandle = new PredicateBuilder<SendOutcome>().HandleResult(outcome => outcome.Result is SendResult.NotNow or SendResult.Unknown)
                    .Handle<Exception>(),
                FailureRatio = 0.5,
                MinimumThroughput = options.BreakAfter,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = Break,
                OnOpened = opened =>
                {
                    var now = clock.GetUtcNow();
                    Interlocked.Exchange(ref _restsUntil, (now + opened.BreakDuration).UtcTicks);
                    Interlocked.CompareExchange(ref _failingSince, now.UtcTicks, 0);
                    Resting(log, name, opened.BreakDuration.TotalSeconds);
                    return ValueTask.CompletedTask;
                },
                OnClosed = _ =>
                {
                    Interlocked.Exchange(ref _failingSince, 0);
                    return ValueTask.CompletedTask;
                },
            })
            .AddTimeout(options.CallLimit)
            .Build();
    }

    public string Name { get; }

    /// <summary>The circuit is open: nothing is leased for this channel, so that nothing counts as an attempt.</summary>
    public bool Rests => _clock.GetUtcNow().UtcTicks < Interlocked.Read(ref _restsUntil);

    /// <summary>Since when its circuit has not been closed, as this instance sees it.</summary>
    public DateTimeOffset? FailingSince => Interlocked.Read(ref _failingSince) is > 0 and var ticks ? new(ticks, TimeSpan.Zero) : null;

    public bool CanBeAsked => _provider is IAskable { CanBeAsked: true };

    /// <summary>What the provider says, or null when it did not answer.</summary>
    public Task<IReadOnlyList<ProviderReport>?> AskAsync(SilentSms sms, CancellationToken stop) =>
        QuestionAsync<IReadOnlyList<ProviderReport>>(limit => ((IAskable)_provider).AskAsync(sms, limit), stop);

    public bool IsPrepaid => _provider is IPrepaid;

    public Task<(decimal Amount, string? Currency)?> BalanceAsync(CancellationToken stop) => QuestionAsync(((IPrepaid)_provider).BalanceAsync, stop);

    public async Task<SendOutcome> SendAsync(SmsToSend sms)
    {
        try
        {
            return await _pipeline.ExecuteAsync(
                static async (call, stop) => await call._provider.SendAsync(call.sms, stop), (_provider, sms), CancellationToken.None);
        }
        catch (BrokenCircuitException)
        {
            return new(SendResult.NotCalled, "circuit-open");
        }
        catch (TimeoutRejectedException)
        {
            return new(SendResult.Unknown, "time-out");
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // A provider class that fails in a way of its own may have handed over already.
            Failed(_log, Name, fault.GetType().Name);
            return new(SendResult.Unknown, "fault");
        }
    }

    /// <summary>Whatever becomes of a question ends that question alone: it is asked again another time.</summary>
    private async Task<T?> QuestionAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(QuestionLimit);
        try
        {
            return await ask(limit.Token);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException && !stop.IsCancellationRequested)
        {
            NotAnswered(_log, Name, fault.GetType().Name);
            return default;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Provider of channel {Channel} did not answer a question: {Fault}")]
    private static partial void NotAnswered(ILogger log, string channel, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Provider of channel {Channel} fails; nothing is handed to it for {Seconds} s")]
    private static partial void Resting(ILogger log, string channel, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Handover on channel {Channel} ended in {Fault}")]
    private static partial void Failed(ILogger log, string channel, string fault);
}
