using System.Text;
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
    ReceivedSmsWriter writer, StorePart parts, Quarantine quarantine, Spool spool, IOptions<ReceivingOptions> options, TimeProvider clock, ILogger<Intake> log)
{
    /// <summary>Reason in quarantine.</summary>
    public const string OtherWords = "known id, other words";

    /// <summary>Returns when the message is durable, or was already. What went to the spool is not known to be a repeat until it is in the database.</summary>
    /// <exception cref="NpgsqlException">Database and spool are away; nothing was stored, or it is not known, and the provider must repeat.</exception>
    public Task<(Guid Id, bool IsDuplicate)> WriteAsync(string channel, IncomingSms sms, CancellationToken stop) =>
        WriteAsync(ReceivedSms.Of(channel, sms, clock.GetUtcNow()), stop);

    /// <summary>The same for one that cannot be read: in quarantine, or in the spool on its way there. The provider would repeat the whole batch for it.</summary>
    /// <exception cref="NpgsqlException">Database and spool are away.</exception>
    public Task RefuseAsync(string channel, RefusedSms refused, CancellationToken stop) => WriteAsync(ReceivedSms.OfRefused(channel, refused, clock.GetUtcNow()), stop);

    private async Task<(Guid Id, bool IsDuplicate)> WriteAsync(ReceivedSms received, CancellationToken stop)
    {
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
            Spooled(log, received.Id, received.Channel, fault.GetType().Name);
            return (received.Id, false);
        }
    }

    /// <summary>True when the message, or the part, is in the database now, false when it was already. Goes on when nobody waits for it any longer.</summary>
    public async Task<bool> StoreAsync(ReceivedSms received)
    {
        if (received.Refused is { } reason)
            return await KeepAsync(received, reason);
        var outcome = received.Sms.Part is null ? await writer.StoreAsync(received) : await parts.StoreAsync(received, CancellationToken.None);
        if (outcome == Storing.OtherWords)
            await KeepOtherWordsAsync(received.Channel, received.Sms, isListed: false);
        return outcome == Storing.New;
    }

    /// <summary>The first words under an id count, and the provider is not asked to repeat; but somebody has said something that is in no case.</summary>
    public async Task KeepOtherWordsAsync(string channel, IncomingSms sms, bool isListed)
    {
        // Not every provider's bytes say whose they are.
        byte[] whole = [.. Encoding.UTF8.GetBytes($"id: {sms.ProviderMessageId}\r\nfrom: {sms.Sender}\r\nto: {sms.Recipient}\r\n\r\n"), .. sms.Raw];
        await (isListed ? quarantine.KeepOnceAsync(channel, OtherWords, whole, CancellationToken.None) : quarantine.KeepAsync(channel, OtherWords, whole, isProved: true, CancellationToken.None));
        Contradicts(log, channel);
    }

    private async Task<bool> KeepAsync(ReceivedSms received, string reason)
    {
        await quarantine.KeepAsync(received.Channel, reason, received.Sms.Raw, isProved: true, CancellationToken.None);
        return true;
    }

    /// <summary>The database refuses what the message says (SQLSTATE class 22, 23), or it cannot even be written down: now and later. Other faults pass.</summary>
    public static bool IsOfTheMessage(Exception fault) => fault is PostgresException refusal
        ? refusal.SqlState is ['2', '2' or '3', ..]
        : fault is not OperationCanceledException && !fault.IsInfrastructureFault();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Channel {Channel} brought other words under an id that it had used before: they are in quarantine")]
    private static partial void Contradicts(ILogger log, string channel);

    [LoggerMessage(Level = LogLevel.Warning, Message = "SMS {MessageId} from channel {Channel} went to the spool: {Fault}")]
    private static partial void Spooled(ILogger log, Guid messageId, string channel, string fault);
}
