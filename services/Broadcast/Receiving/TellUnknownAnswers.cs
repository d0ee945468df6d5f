using System.Globalization;
using System.Text;
using Broadcast.Storage;
using Contracts.Directory;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Broadcast.Receiving;

/// <summary>
/// Once a day, where there are any, the administrators hear how many answers by SMS fit no recipient: an official may believe that he has answered. Which of them it was told of
/// stands in the save that tells it, so each is told once, whatever dies and however late an answer came here.
/// </summary>
internal sealed partial class TellUnknownAnswers(
    IServiceScopeFactory scopes, IOptions<ReceivingOptions> options, CityTime city, TimeProvider clock, ILogger<TellUnknownAnswers> log) : BackgroundService
{
    private const long Lock = 0x4b_4f_52;

    private static readonly CompositeFormat Text = CompositeFormat.Parse(Texts.InIndonesian("broadcast.unknown-answers"));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(options.Value.LookEvery, clock, log, TellAsync, stoppingToken);

    private async Task TellAsync(CancellationToken stop)
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
        var count = await db.Database.ExecuteSqlAsync($"""
            insert into unknown_answer_told (answer_id, day)
            select id, {today} from answer a
            where official_id is null and not exists (select from unknown_answer_told where day >= {today}) and not exists (select from unknown_answer_told where answer_id = a.id)
              and not exists (select from unknown_answer_closing where answer_id = a.id)
            """, stop);
        if (count == 0)
            return;
        var notice = Guid.CreateVersion7(now);
        db.Publish(notice, Outbox.System, new TellResponsible
        {
            Id = notice,
            Text = string.Format(CultureInfo.InvariantCulture, Text, count),
        });
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        Told(log, count);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} answers by SMS that fit no recipient were told of")]
    private static partial void Told(ILogger log, int count);
}
