using Notification.Providers;
using Notification.Reports;
using Notification.Storage;
using Npgsql;
using ServiceDefaults.Persistence;

namespace Notification.Sending;

/// <summary>
/// Once a minute: asks providers that can be asked what became of SMS about which nobody has said anything. An answer is a report like any other; "not found"
/// proves nothing, since the call may still be under way. Of several instances each asks for others.
/// </summary>
internal sealed class AskSilentSms(
    NpgsqlDataSource database, IServiceScopeFactory scopes, Channels channels, ReportBell reports, TimeProvider clock, ILogger<AskSilentSms> log) : BackgroundService
{
    private const int Portion = 20;
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromHours(12);
    private static readonly TimeSpan Again = TimeSpan.FromHours(6);

    private const string Take = """
        update sms set asked_at = $2 where id in (
          select id from sms where sent_by = $1 and state in ('Uncertain', 'AcceptedByProvider', 'AcceptedByOperator') and no_report_at is null
            and changed_at < case state when 'Uncertain' then $3 else $4 end and (asked_at is null or asked_at < $5)
          order by changed_at limit $6 for update skip locked)
        returning reference, provider_id, coalesce(intent_at, created_at)
        """;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(TimeSpan.FromMinutes(1), clock, log, async stop =>
    {
        foreach (var channel in channels.Senders.Values.Where(channel => channel.CanBeAsked))
            await AskAsync(channel, stop);
    }, stoppingToken);

    public async Task AskAsync(SendingChannel channel, CancellationToken stop)
    {
        foreach (var sms in await TakeAsync(channel.Name, stop))
        {
            foreach (var found in await channel.AskAsync(sms, stop))
            {
                await using var scope = scopes.CreateAsyncScope();
                await Report.StoreAsync(scope.ServiceProvider.GetRequiredService<NotificationDb>(), channel.Name, found, clock.GetUtcNow(), stop);
                reports.Ring();
            }
        }
    }

    private async Task<List<SilentSms>> TakeAsync(string channel, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        await using var command = database.CreateCommand(Take);
        foreach (var value in new object[] { channel, now, now - Settling, now - Patience, now - Again, Portion })
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(stop);
        var silent = new List<SilentSms>();
        while (await reader.ReadAsync(stop))
            silent.Add(new(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2)));
        return silent;
    }
}
