using Contracts.Notification;
using Npgsql;
using Testing;

namespace Performance;

/// <summary>
/// About one answer a second to a citizen, ordered over the broker as InboundSms orders it, while something else goes on. Its end is the provider's acceptance, as the history
/// of the SMS dates it; the clock is this machine's at both ends.
/// </summary>
internal sealed class Answers(TestBus bus, NpgsqlDataSource notification)
{
    // Not the second in which the engine's own loops look by themselves: all would fall on the same place between two looks.
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(970);

    private readonly Dictionary<Guid, DateTimeOffset> _orderedAt = [];

    /// <summary>From the order to the acceptance of each; and how many have been worked off without one.</summary>
    public static async Task<(List<TimeSpan> Took, int NotAccepted)> OrderUntilAsync(Task end, TestBus bus, NpgsqlDataSource notification)
    {
        var answers = new Answers(bus, notification);
        using var timer = new PeriodicTimer(Spacing);
        do
            await answers.OrderAsync();
        while (await timer.WaitForNextTickAsync() && !end.IsCompleted);
        await end;
        return await answers.AcceptedAsync();
    }

    private async Task OrderAsync()
    {
        var order = new SendSms { SmsId = Guid.CreateVersion7(), To = "+6281300000101", Text = "Stok datang besok pagi", Channel = "kannel", Purpose = SmsPurpose.Answer };
        _orderedAt[order.SmsId] = TimeProvider.System.GetUtcNow();
        await bus.PublishAsync(order);
    }

    private async Task<(List<TimeSpan> Took, int NotAccepted)> AcceptedAsync()
    {
        await Eventually.TrueAsync(
            async () =>
            {
                await using var workedOff = Command("select count(*) from sms where id = any ($1) and state not in ('Queued', 'Intent')");
                return (long)(await workedOff.ExecuteScalarAsync())! == _orderedAt.Count;
            },
            seconds: 300);
        await using var accepted = Command("select sms_id, min(at) from delivery_event where sms_id = any ($1) and source = 'answer' and told = 'AcceptedByProvider' group by sms_id");
        await using var reader = await accepted.ExecuteReaderAsync();
        var took = new List<TimeSpan>();
        while (await reader.ReadAsync())
            took.Add(reader.GetFieldValue<DateTimeOffset>(1) - _orderedAt[reader.GetGuid(0)]);
        return (took, _orderedAt.Count - took.Count);
    }

    private NpgsqlCommand Command(string sql)
    {
        var command = notification.CreateCommand(sql);
        command.Parameters.Add(new() { Value = _orderedAt.Keys.ToArray() });
        return command;
    }
}
