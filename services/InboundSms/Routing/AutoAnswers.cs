using System.Security.Cryptography;
using System.Text;
using Contracts.Notification;
using InboundSms.Abuse;
using InboundSms.Answering;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults.Messaging;

namespace InboundSms.Routing;

/// <summary>
/// What the system says by itself, within a budget for each kind by number, so that two systems that talk to each other stop (research T3). The caller holds the number's lock.
/// </summary>
internal sealed partial class AutoAnswers(
    InboundSmsDb db, IOptions<RoutingOptions> options, RoutingMetrics metrics, TimeProvider clock, ILogger<AutoAnswers> log)
{
    /// <summary>Old enough that nobody's handset sends it back.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    private readonly RoutingOptions _options = options.Value;

    /// <summary>Says it if the budget of this kind allows, with the save that follows.</summary>
    public async Task SayAsync(Message message, MessageContent content, AutoAnswerKind kind, string text, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (await db.HasOptedOutAsync(content.Sender, stop) || !await IsWithinBudgetAsync(content.Sender, kind, now, stop))
        {
            metrics.Withheld(kind);
            return;
        }

        var answer = new AutoAnswer { Id = Guid.CreateVersion7(now), MessageId = message.Id, Kind = kind, Sender = content.Sender, SentAt = now };
        db.Add(answer);
        Remember(db, text, content.Sender, now);
        db.Publish(message.Id, Outbox.System, new SendSms
        {
            SmsId = answer.Id,
            To = content.Sender,
            Text = text,
            Channel = message.Channel,
            From = content.Recipient,
            Purpose = SmsPurpose.AutoAnswer,
            ExpiresAt = now + _options.HelpInterval,
            ReportTo = TrackDelivery.Queue,
        });
        metrics.Said(kind);
    }

    /// <summary>A text of ours came back.</summary>
    public void OwnTextSeen() => Alert("own-text");

    /// <summary>A number that goes on without keyword after it was helped is probably a machine: somebody should look.</summary>
    public async Task WatchForLoopAsync(string sender, CancellationToken stop)
    {
        var since = clock.GetUtcNow() - _options.HelpInterval;
        var lately = await (
            from content in db.Contents
            join message in db.Messages on content.MessageId equals message.Id
            where content.Sender == sender && message.ReceivedAt > since
            select message.Id).Take(_options.LoopAlertAfter + 1).CountAsync(stop);
        if (lately == _options.LoopAlertAfter)
            Alert("without-keyword");
    }

    /// <summary>Keeps the trace of a text of ours that leaves; <paramref name="recipient"/> null for a notice to an official.</summary>
    public static void Remember(InboundSmsDb db, string text, string? recipient, DateTimeOffset now) =>
        db.Add(new OwnText { Id = Guid.CreateVersion7(now), Hash = HashOf(text), Recipient = recipient, WrittenAt = now });

    private async Task<bool> IsWithinBudgetAsync(string sender, AutoAnswerKind kind, DateTimeOffset now, CancellationToken stop)
    {
        var yesterday = now.AddDays(-1);
        var sent = await db.AutoAnswers.Where(a => a.Sender == sender && a.Kind == kind && a.SentAt > yesterday).Select(a => a.SentAt).ToListAsync(stop);
        return kind switch
        {
            AutoAnswerKind.Status => sent.Count < _options.StatusPerDay,
            AutoAnswerKind.Receipt => sent.Count < _options.ReceiptsPerDay,
            _ => sent.Count < _options.HelpPerDay && sent.TrueForAll(at => at <= now - _options.HelpInterval),
        };
    }

    /// <summary>Of the words alone: handsets and gateways change capitals, blanks and signs.</summary>
    public static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', Keyword.Words(text))));

    private void Alert(string reason)
    {
        metrics.LoopSeen(reason);
        LoopSeen(log, reason);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Another system seems to talk to ours ({Reason})")]
    private static partial void LoopSeen(ILogger log, string reason);
}
