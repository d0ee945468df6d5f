using System.Globalization;
using Contracts.Directory;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Notification.Providers;
using Notification.Sending;
using Notification.Storage;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Notification.Operating;

/// <summary>
/// Tells people that a budget of the month comes to its end, and again that it is used up, or that little is left at a provider: the head of the unit that pays, else the
/// administrators. Once for each threshold and month, whichever instance sees it; money that was paid in lets the next fall be told.
/// </summary>
internal sealed partial class TellAlarms(
    IServiceScopeFactory scopes, NpgsqlDataSource database, Budgets budgets, Channels channels, IOptions<SendingOptions> options, TimeProvider clock, ILogger<TellAlarms> log) : BackgroundService
{
    private const string Balance = nameof(Balance);

    private sealed record Alarm(string Kind, string Name, decimal Threshold, string? UnitCode, string Text);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(TimeSpan.FromMinutes(1), clock, log, LookAsync, stoppingToken);

    internal async Task LookAsync(CancellationToken stop)
    {
        var balances = await WatchBalance.ReadAsync(database, stop);
        var alarms = (await budgets.ReadAsync(stop)).SelectMany(OfBudget).Concat(balances.SelectMany(OfBalance)).ToList();
        var enough = balances.Select(said => said.Channel).Except(alarms.Where(alarm => alarm.Kind == Balance).Select(alarm => alarm.Name), StringComparer.Ordinal).ToList();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NotificationDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var (month, now) = (budgets.Month(), clock.GetUtcNow());
        await db.Database.ExecuteSqlAsync($"delete from alarm where kind = {Balance} and name = any ({enough})", stop);
        // Who jumps over two thresholds at once is told of the higher one, which comes first.
        foreach (var one in alarms.GroupBy(alarm => (alarm.Kind, alarm.Name)))
        {
            var isTold = false;
            foreach (var alarm in one)
            {
                var isNew = await db.Database.ExecuteSqlAsync($"""
                    insert into alarm (kind, name, month, threshold, told_at) values ({alarm.Kind}, {alarm.Name}, {month}, {alarm.Threshold}, {now}) on conflict do nothing
                    """, stop) == 1;
                if (isNew && !isTold)
                    Tell(db, alarm, now);
                isTold = true;
            }
        }

        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
    }

    private void Tell(NotificationDb db, Alarm alarm, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        db.Publish(id, Outbox.System, new TellResponsible { Id = id, UnitCode = alarm.UnitCode, Text = alarm.Text });
        Told(log, alarm.Kind, alarm.Name, alarm.Threshold);
    }

    /// <summary>For each threshold that is reached, the highest first.</summary>
    private IEnumerable<Alarm> OfBudget(BudgetState state)
    {
        var budget = options.Value.Budgets[state.Name];
        // What an application uses is the administrators' business: they gave it its limit.
        var unit = Guid.TryParse(budget.Payer, out _) ? null : budget.Payer;
        var text = Written("sms.budget", state.Name, state.Used, state.Segments, 100 * state.Used / state.Segments);
        return new[] { 1m, (decimal)budget.AlarmAt }.Distinct().Where(part => state.Used >= part * state.Segments).Select(part => new Alarm("Budget", state.Name, part, unit, text));
    }

    private IEnumerable<Alarm> OfBalance(WatchBalance.Said said) => channels.Find(said.Channel)?.BalanceAlarm is { } alarm && said.Amount < alarm
        ? [new(Balance, said.Channel, alarm, null, Written("sms.balance", said.Channel, said.Amount, said.Currency ?? ""))]
        : [];

    private static string Written(string text, params object[] values) => string.Format(CultureInfo.InvariantCulture, Texts.Of(text), values).TrimEnd();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} {Name} has passed {Threshold}; whoever answers for it is told")]
    private static partial void Told(ILogger log, string kind, string name, decimal threshold);
}
