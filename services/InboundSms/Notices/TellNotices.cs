using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace InboundSms.Notices;

/// <summary>
/// BJN 12(2): every full hour of the city, and at the daily time of each official, whoever has messages to hear of gets one SMS. A round is one transaction on one of the
/// instances: its place in the calendar, the windows and the orders; dying anywhere undoes it, and the next look finds it due.
/// </summary>
internal sealed partial class TellNotices(
    IServiceScopeFactory scopes, IOptions<NoticeOptions> options, NoticeMetrics metrics, CityTime city, TimeProvider clock, ILogger<TellNotices> log) : BackgroundService
{
    // What was placed in the last moment of an hour is committed by then.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.LookEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var kind in Enum.GetValues<NoticeKind>())
            {
                try
                {
                    await RunRoundAsync(kind, stoppingToken);
                }
                catch (Exception fault) when (fault.IsInfrastructureFault())
                {
                    Waiting(log, kind, fault.GetType().Name);
                }
            }
        }
    }

    internal async Task RunRoundAsync(NoticeKind kind, CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InboundSmsDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var now = clock.GetUtcNow().InMicroseconds;
        var until = city.Floor(now - Grace, NoticeRound.StepOf(kind));
        if (await TakeRoundAsync(db, kind, until, now, stop) is not { } at)
            return;
        var round = NoticeRound.After(at, kind, until, now, options.Value.DailyAt);
        var (told, held) = await new NoticesOf(db, round, options.Value.Link, city).TellAsync(stop);
        await db.SaveChangesAsync(stop);
        await db.NoticeWindows.Where(window => window.Kind == kind && window.ToldAt < now - Kept).ExecuteDeleteAsync(stop);
        await transaction.CommitAsync(stop);
        metrics.Told(kind, told);
        metrics.Held(kind, held);
        if (told + held > 0)
            Told(log, kind, round.Before, until, told, held);
    }

    /// <summary>When the round before it was; null when this one is done, or another instance does it.</summary>
    private static async Task<DateTimeOffset?> TakeRoundAsync(InboundSmsDb db, NoticeKind kind, DateTimeOffset until, DateTimeOffset now, CancellationToken stop)
    {
        var name = kind.ToString();
        var taken = await db.Database.SqlQuery<DateTimeOffset>($"""
            update notice_round set at = {until}
            from (select kind, at from notice_round where kind = {name} and (at < {until} or at > {now}) for update skip locked) last
            where notice_round.kind = last.kind
            returning last.at as "Value"
            """).ToListAsync(stop);
        return taken is [var at] ? at : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Kind} notices of {Before:u} to {Until:u}: {Told} told, {Held} wait until quiet hours are over")]
    private static partial void Told(ILogger log, NoticeKind kind, DateTimeOffset before, DateTimeOffset until, int told, int held);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} notices wait: {Fault}")]
    private static partial void Waiting(ILogger log, NoticeKind kind, string fault);
}
