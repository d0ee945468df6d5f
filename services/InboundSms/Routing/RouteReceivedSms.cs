using Contracts.InboundSms;
using Contracts.Notification;
using InboundSms.History;
using InboundSms.Receive;
using InboundSms.Storage;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults.Messaging;
using ServiceDefaults.Sms;

namespace InboundSms.Routing;

/// <summary>Section <c>Routing</c>.</summary>
public sealed record RoutingOptions
{
    /// <summary>Time for an answer on the legal clock (BJN 13).</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromHours(3);

    /// <summary>At most one help SMS to a number in this time; and at most <see cref="HelpPerDay"/> in 24 hours. Bots vary their text, so the count is by number.</summary>
    public TimeSpan HelpInterval { get; init; } = TimeSpan.FromHours(1);

    public int HelpPerDay { get; init; } = 3;
}

/// <summary>Puts a received message into its case, its inbox at once, and answers an unknown keyword with the valid ones.</summary>
internal sealed partial class RouteReceivedSms(
    InboundSmsDb db, Channels channels, IOptions<RoutingOptions> options, TimeProvider clock, ILogger<RouteReceivedSms> log) : IConsumer<SmsReceived>
{
    private static readonly CaseStatus[] WaitingForAnswer = [CaseStatus.Open, CaseStatus.AnswerFailed];

    public async Task Consume(ConsumeContext<SmsReceived> context)
    {
        var stop = context.CancellationToken;
        var (message, content) = await FindAsync(context.Message.MessageId, stop);
        // One number's messages one after the other, on any instance: the second joins the case of the first, and help is counted right.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({content.Sender}, 0))", stop);
        if (await db.CaseMessages.AnyAsync(m => m.MessageId == message.Id, stop))
            return;

        var sender = PhoneNumber.Parse(content.Sender);
        var first = Keyword.Read(content.Text);
        var addressee = await Addressee.FindAsync(db, first.Word, message.ReceivedAt, stop);
        var open = addressee is null ? await CaseOfAsync(sender, WaitingForAnswer, stop) : null;
        var route = Route.Of(first, sender, channels.IsOwn(sender.Value), addressee, open);
        switch (route)
        {
            case Route.ToPosition to:
                Open(message, CaseStatus.Open, to.Addressee, to.IsSecret);
                break;
            case Route.JoinCase join:
                await JoinAsync(message, join.CaseId, join.IsSecret, stop);
                break;
            case Route.ToTray tray:
                if (await CaseOfAsync(sender, [CaseStatus.Unassigned], stop) is { } waiting)
                    await JoinAsync(message, waiting, tray.IsSecret, stop);
                else
                    Open(message, CaseStatus.Unassigned, addressee: null, tray.IsSecret);
                if (tray.MayHelp && await MayHelpAsync(content.Sender, stop) && HelpText.For(tray.UnknownKeyword, await Addressee.KeywordsAsync(db, clock.GetUtcNow(), stop)) is { } help)
                    Help(message, content, help);
                break;
        }

        await db.SaveChangesAsync(stop);
        Routed(log, message.Id, route.GetType().Name);
    }

    private async Task<(Message Message, MessageContent Content)> FindAsync(Guid messageId, CancellationToken stop)
    {
        var found = await (
            from m in db.Messages
            join c in db.Contents on m.Id equals c.MessageId
            where m.Id == messageId
            select new { Message = m, Content = c }).AsNoTracking().SingleAsync(stop);
        return (found.Message, found.Content);
    }

    /// <summary>The sender's latest case. Only a mobile number names one person: behind a name, a short code or nothing stand many.</summary>
    private async Task<Guid?> CaseOfAsync(PhoneNumber sender, CaseStatus[] statuses, CancellationToken stop) => !sender.CanBeAnswered ? null : await (
        from c in db.Cases
        join first in db.Contents on c.FirstMessageId equals first.MessageId
        where first.Sender == sender.Value && statuses.Contains(c.Status)
        orderby c.ReceivedAt descending
        select (Guid?)c.Id).FirstOrDefaultAsync(stop);

    private void Open(Message message, CaseStatus status, Addressee? addressee, bool isSecret)
    {
        var opened = new SmsCase
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            FirstMessageId = message.Id,
            PositionId = addressee?.PositionId,
            Keyword = addressee?.Keyword,
            Status = status,
            IsSecret = isSecret,
            ReceivedAt = message.ReceivedAt,
            DueAt = message.ReceivedAt + options.Value.AnswerWithin,
            Version = 1,
        };
        db.Add(opened);
        db.Add(new CaseMessage { MessageId = message.Id, CaseId = opened.Id, ReceivedAt = message.ReceivedAt });
        // At the receipt: the clock runs since then, however long the message waited to be routed.
        db.Record(opened.Id, CaseEventKind.Opened, message.ReceivedAt, Outbox.System,
            new { messageId = message.Id, positionId = addressee?.PositionId, keyword = addressee?.Keyword, dueAt = opened.DueAt });
        if (isSecret)
            db.Record(opened.Id, CaseEventKind.MadeSecret, message.ReceivedAt, Outbox.System, new { messageId = message.Id });
    }

    /// <summary>A request for secrecy holds for the whole case, also when it comes with a later message; an answer that is being written at this moment meets the version.</summary>
    private async Task JoinAsync(Message message, Guid caseId, bool isSecret, CancellationToken stop)
    {
        db.Add(new CaseMessage { MessageId = message.Id, CaseId = caseId, ReceivedAt = message.ReceivedAt });
        db.Record(caseId, CaseEventKind.MessageJoined, message.ReceivedAt, Outbox.System, new { messageId = message.Id });
        if (isSecret)
        {
            db.Record(caseId, CaseEventKind.MadeSecret, message.ReceivedAt, Outbox.System, new { messageId = message.Id });
            await db.Cases.Where(c => c.Id == caseId).ExecuteUpdateAsync(
                set => set.SetProperty(c => c.IsSecret, true).SetProperty(c => c.Version, c => c.Version + 1), stop);
        }
    }

    private async Task<bool> MayHelpAsync(string sender, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var sent = await db.AutoAnswers.Where(a => a.Sender == sender && a.SentAt > now.AddDays(-1)).Select(a => a.SentAt).ToListAsync(stop);
        return sent.Count < options.Value.HelpPerDay && sent.All(at => at <= now - options.Value.HelpInterval);
    }

    private void Help(Message message, MessageContent content, string text)
    {
        var help = new AutoAnswer { Id = Guid.CreateVersion7(clock.GetUtcNow()), MessageId = message.Id, Sender = content.Sender, SentAt = clock.GetUtcNow() };
        db.Add(help);
        db.Publish(message.Id, Outbox.System, new SendSms
        {
            SmsId = help.Id,
            To = content.Sender,
            Text = text,
            Channel = message.Channel,
            From = content.Recipient,
            Purpose = SmsPurpose.AutoAnswer,
            ExpiresAt = clock.GetUtcNow() + options.Value.HelpInterval,
        });
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "SMS {MessageId} routed: {Route}")]
    private static partial void Routed(ILogger log, Guid messageId, string route);
}
