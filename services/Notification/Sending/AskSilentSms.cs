using Notification.Providers;
using Notification.Reports;
using Notification.Storage;
using Npgsql;
using ServiceDefaults.Persistence;

namespace Notification.Sending;

/// <summary>
/// Once a minute: asks providers that can be asked what became of SMS about which nobody has said anything. An answer is a report like any other; "not found"
/// proves nothing, since the call may still be under way. Of several instances each asks for others. A question that failed is asked again sooner, whatever became of those beside it.
/// </summary>
internal sealed class AskSilentSms(
    NpgsqlDataSource database, IServiceScopeFactory scopes, Channels channels, ReportBell reports, TimeProvider clock, ILogger<AskSilentSms> log) : BackgroundService
{
    private const int Portion = 20;
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromHours(12);
    private static readonly TimeSpan Again = TimeSpan.FromHours(6);
    // Longer than a portion of questions takes.
    private static readonly TimeSpan AgainUnanswered = TimeSpan.FromMinutes(10);

    // Until the provider has answered, its turn comes again soon: who died in between, or could not store what he heard, has nothing to put right.
    private const string Take = """
        update sms set asked_at = $6 where id in (
          select id from sms where sent_by = $1 and state in ('Uncertain', 'AcceptedByProvider', 'AcceptedByOperator') and no_report_at is null
            and changed_at < case state when 'Uncertain' then $2 else $3 end and (asked_at is null or asked_at < $4)
          order by asked_at nulls first, changed_at limit $5 for update skip locked)
        returning id, reference, provider_id, coalesce(intent_at, created_at)
        """;

    private const string Answered = "update sms set asked_at = $2 where id = $1";

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(TimeSpan.FromMinutes(1), clock, log, async stop =>
    {
        foreach (var channel in channels.Senders.Values.Where(channel => channel.CanBeAsked))
            await AskAsync(channel, stop);
    }, stoppingToken);

    public async Task AskAsync(SendingChannel channel, CancellationToken stop)
    {
        foreach (var (id, sms) in await TakeAsync(channel.Name, stop))
        {
            if (await channel.AskAsync(sms, stop) is not { } answer)
                continue;
            foreach (var found in answer)
            {
                await using var scope = scopes.CreateAsyncScope();
                await Report.StoreAsync(scope.ServiceProvider.GetRequiredService<NotificationDb>(), channel.Name, found, clock.GetUtcNow(), stop);
                reports.Ring();
            }

            await using var answered = database.CreateCommand(Answered);
            answered.Parameters.Add(new() { Value = id });
            answered.Parameters.Add(new() { Value = clock.GetUtcNow() });
            await answered.ExecuteNonQueryAsync(stop);
        }
    }

    private async Task<List<(Guid Id, SilentSms Sms)>> TakeAsync(string channel, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        await using var command = database.CreateCommand(Take);
        foreach (var value in new object[] { channel, now - Settling, now - Patience, now - Again, Portion, now - Again + AgainUnanswered })
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(stop);
        var silent = new List<(Guid, SilentSms)>();
        while (await reader.ReadAsync(stop))
            silent.Add((reader.GetGuid(0), new(reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3))));
        return silent;
    }
}
