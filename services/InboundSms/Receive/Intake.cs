using InboundSms.Receive.Parts;
using InboundSms.Receive.Spooling;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults.Persistence;

namespace InboundSms.Receive;

/// <summary>
/// Makes a message durable while its provider waits: in the database, or, when that is away, too slow or has too many waiting, in the spool.
/// </summary>
internal sealed partial class Intake(
    ReceivedSmsWriter writer, StorePart parts, Spool spool, IOptions<ReceivingOptions> options, TimeProvider clock, ILogger<Intake> log)
{
    /// <summary>Returns when the message is durable, or was already. What went to the spool is not known to be a repeat until it is in the database.</summary>
    /// <exception cref="NpgsqlException">Database and spool are away; nothing was stored, or it is not known, and the provider must repeat.</exception>
    public async Task<(Guid Id, bool IsDuplicate)> WriteAsync(string channel, IncomingSms sms, CancellationToken stop)
    {
        var received = ReceivedSms.Of(channel, sms, clock.GetUtcNow());
        var limit = spool.Folder is not null ? options.Value.AnswerWithin : Timeout.InfiniteTimeSpan;
        try
        {
            return (received.Id, !await StoreAsync(received).WaitAsync(limit, clock, stop));
        }
        catch (Exception fault) when (spool.Folder is not null && !stop.IsCancellationRequested && !IsOfTheMessage(fault))
        {
            // What is still on its way to the database may arrive there as well: the drain finds it then.
            if (!await spool.TryAppendAsync(received))
                throw;
            Spooled(log, received.Id, channel, fault.GetType().Name);
            return (received.Id, false);
        }
    }

    /// <summary>True when the message, or the part, is in the database now, false when it was already. Goes on when nobody waits for it any longer.</summary>
    public Task<bool> StoreAsync(ReceivedSms received) =>
        received.Sms.Part is null ? writer.StoreAsync(received) : parts.StoreAsync(received, CancellationToken.None);

    /// <summary>The database refuses what the message says (SQLSTATE class 22, 23), or it cannot even be written down: now and later. Other faults pass.</summary>
    public static bool IsOfTheMessage(Exception fault) => fault is PostgresException refusal
        ? refusal.SqlState is ['2', '2' or '3', ..]
        : fault is not OperationCanceledException && !fault.IsInfrastructureFault();

    [LoggerMessage(Level = LogLevel.Warning, Message = "SMS {MessageId} from channel {Channel} went to the spool: {Fault}")]
    private static partial void Spooled(ILogger log, Guid messageId, string channel, string fault);
}
