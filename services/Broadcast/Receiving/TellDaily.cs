using System.Globalization;
using Broadcast.Storage;
using Contracts.Directory;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Broadcast.Receiving;

/// <summary>
/// Once a day, where there are any, the administrators hear how many answers by SMS fit no recipient, as an official may believe that he has answered, and how many recipients report
/// that no SMS came, as long as nobody has seen to it (KOR 10e). Which of them it was told of stands in the save that tells it, so each is told once, whatever dies and however late it came here.
/// </summary>
internal sealed partial class TellDaily(
    IServiceScopeFactory scopes, IOptions<ReceivingOptions> options, CityTime city, TimeProvider clock, ILogger<TellDaily> log) : BackgroundService
{
    private const long Lock = 0x4b_4f_52;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(options.Value.LookEvery, clock, log, async Task (CancellationToken stop) =>
    {
        await TellAsync("broadcast.unknown-answers", UnknownAnswers, stop);
        await TellAsync("broadcast.missing-reports", MissingReports, stop);
    }, stoppingToken);

    private static FormattableString UnknownAnswers(DateOnly today) => $"""
        insert into unknown_answer_told (answer_id, day)
        select id, {today} from answer a
        where official_id is null and not exists (select from unknown_answer_told where day >= {today}) and not exists (select from unknown_answer_told where answer_id = a.id)
          and not exists (select from unknown_answer_closing where answer_id = a.id)
        """;

    private static FormattableString MissingReports(DateOnly today) => $"""
        insert into missing_report_told (broadcast_id, official_id, reported_at, day)
        select broadcast_id, official_id, reported_at, {today} from missing_report m
        where not exists (select from missing_report_told where day >= {today})
          and not exists (select from missing_report_told t where (t.broadcast_id, t.official_id, t.reported_at) = (m.broadcast_id, m.official_id, m.reported_at))
          and not exists (select from missing_report_closing c where (c.broadcast_id, c.official_id, c.no) = (m.broadcast_id, m.official_id, m.no))
          and not exists (
            select from resend r where (r.broadcast_id, r.official_id) = (m.broadcast_id, m.official_id) and r.ordered_at >= m.reported_at and r.state <> 'Failed'
              and not exists (select from resend later where (later.broadcast_id, later.official_id) = (r.broadcast_id, r.official_id) and later.attempt > r.attempt))
        """;

    /// <param name="text">Key of the text, which says how many.</param>
    /// <param name="mark">Notes that these are told today; none when it has been told today.</param>
    /// <param name="stop">Ends it.</param>
    private async Task TellAsync(string text, Func<DateOnly, FormattableString> mark, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var today = DateOnly.FromDateTime(city.Local(now).DateTime);
        if (now < city.At(today, options.Value.TellUnknownAt))
            return;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<BroadcastDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (!(await db.Database.SqlQuery<bool>($"""select pg_try_advisory_xact_lock({Lock}) as "Value" """).ToListAsync(stop))[0])
            return;
        var count = await db.Database.ExecuteSqlAsync(mark(today), stop);
        if (count == 0)
            return;
        var notice = Guid.CreateVersion7(now);
        db.Publish(notice, Outbox.System, new TellResponsible
        {
            Id = notice,
            Text = string.Format(CultureInfo.InvariantCulture, Texts.InIndonesian(text), count),
        });
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        Told(log, text, count);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Administrators were told {Text}: {Count}")]
    private static partial void Told(ILogger log, string text, int count);
}
