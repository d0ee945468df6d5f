using Contracts.InboundSms;
using InboundSms.Abuse;
using InboundSms.Emergencies;
using InboundSms.History;
using InboundSms.Publishing;
using InboundSms.Receive;
using InboundSms.Resources;
using InboundSms.Storage;
using InboundSms.Submissions;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace InboundSms.Routing;

/// <summary>Puts a received message into its case, its inbox at once, or keeps it without one; and says what is to be said at once.</summary>
internal sealed partial class RouteReceivedSms(
    InboundSmsDb db, Channels channels, AutoAnswers answers, RaiseEmergency emergency, IOptions<RoutingOptions> options, IOptions<AbuseOptions> abuse, RoutingMetrics metrics, Pseudonyms pseudonyms,
    CityTime city, TimeProvider clock, ILogger<RouteReceivedSms> log) : IConsumer<SmsReceived>
{
    private sealed record Received(Message Message, MessageContent Content);

    // Asked for each message: compiled once.
    private static readonly Func<InboundSmsDb, Guid, CancellationToken, Task<Received>> Find = EF.CompileAsyncQuery((InboundSmsDb db, Guid id, CancellationToken _) => (
        from message in db.Messages
        join content in db.Contents on message.Id equals content.MessageId
        where message.Id == id
        select new Received(message, content)).AsNoTracking().Single());

    private static readonly CaseStatus[] WaitingForAnswer = [CaseStatus.Open, CaseStatus.AnswerFailed];

    public async Task Consume(ConsumeContext<SmsReceived> context)
    {
        var stop = context.CancellationToken;
        var (message, content) = await Find(db, context.Message.MessageId, stop);
        // One number's messages one after the other, on any instance: the second joins the case of the first, and help is counted right.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({content.Sender}, 0))", stop);
        var known = await Known.OfAsync(db, message, content, abuse.Value, options.Value.RepeatWithin, clock.GetUtcNow(), stop);
        var muted = known.WasHeld ? await db.BlockedMessages.AsNoTracking().SingleAsync(m => m.MessageId == message.Id, stop) : null;
        if (known.IsPlaced || muted is { ReleasedAt: null })
            return;

        var sender = PhoneNumber.Parse(content.Sender);
        var route = await SubmittedAsync(message, content, stop) ?? Route.Of(await FactsAsync(message, content, sender, known, stop));
        if (route is Route.ToPosition or Route.JoinCase or Route.ToTray or Route.Fold && (known.IsRepeated || message.Continues is not null))
            route = await db.PartOfAnotherAsync(message, content, options.Value.RepeatWithin, stop) ?? route;
        SmsCase? opened = null;
        switch (route)
        {
            case Route.ToPosition to:
                opened = Open(message, to.Addressee, to.IsSecret, Classed.Of(to.Class, content.Text));
                if (to.MayPrompt)
                    await answers.SayAsync(message, content, AutoAnswerKind.Prompt, InboundSmsTexts.NothingWritten(to.Addressee.Keyword), stop);
                break;
            case Route.Submitted submitted:
                opened = Open(message, submitted.Submission.Addressee, submitted.IsSecret, Classed.Of(submitted.Submission.Class, content.Text), submission: submitted.Submission);
                break;
            case Route.JoinCase join:
                await db.JoinCaseAsync(message, join.CaseId, join.IsSecret, clock.GetUtcNow(), stop);
                await db.ClassifyAsync(join.CaseId, Classed.Of(join.Class, content.Text), message.ReceivedAt, stop);
                break;
            case Route.ToTray tray:
                var keywords = await Addressee.KeywordsAsync(db, clock.GetUtcNow(), stop);
                var suggested = HelpText.Suggest(content.Text, tray.UnknownKeyword, keywords);
                var classed = Classed.Of(tray.Class, content.Text);
                if (await CaseOfAsync(sender, [CaseStatus.Unassigned], message.ReceivedAt, stop) is { } waiting)
                {
                    await db.JoinCaseAsync(message, waiting, tray.IsSecret, clock.GetUtcNow(), stop);
                    await db.ClassifyAsync(waiting, classed, message.ReceivedAt, stop);
                }
                else
                {
                    Open(message, addressee: null, tray.IsSecret, classed, suggested: suggested);
                }

                if (tray.MayHelp)
                    await HelpAsync(message, content, HelpText.For(tray.UnknownKeyword, keywords, suggested), stop);
                break;
            case Route.PartOf part:
                await db.JoinPartAsync(message, part, clock.GetUtcNow(), stop);
                break;
            case Route.Mute mute:
                db.Add(new BlockedMessage { MessageId = message.Id, BlockId = mute.BlockId, ReceivedAt = message.ReceivedAt });
                break;
            case Route.ChangeOptOut change:
                Keep(message, KeptReason.OptOutChanged);
                db.Add(new OptOut { MessageId = message.Id, Sender = sender.Value, IsOut = change.IsOut, ReceivedAt = message.ReceivedAt });
                db.PublishOptOut(message, change.IsOut, pseudonyms.Of(sender.Value));
                break;
            case Route.Fold fold:
                await db.JoinCaseAsync(message, fold.CaseId, fold.IsSecret, clock.GetUtcNow(), stop, await db.FoldingEventAsync(fold.CaseId, message.ReceivedAt - abuse.Value.FloodWindow, stop));
                break;
            case Route.Unpublish objection:
                Keep(message, KeptReason.PublicationObjected);
                await db.MakeSecretAsync(objection.CaseId, message.Id, message.ReceivedAt, stop);
                await answers.SayAsync(message, content, AutoAnswerKind.Status, InboundSmsTexts.NotPublished(objection.CaseNumber), stop);
                break;
            case Route.TellStatus status:
                Keep(message, KeptReason.StatusAsked);
                if (status.MayAnswer)
                {
                    await answers.SayAsync(message, content, AutoAnswerKind.Status,
                        await CaseStatusText.ForAsync(db, status.CaseNumber, content.Sender, abuse.Value.NumberRests, city, clock.GetUtcNow(), stop), stop);
                }

                break;
            case Route.TellKeywords keywordsAsked:
                Keep(message, KeptReason.HelpAsked);
                if (keywordsAsked.MayAnswer)
                    await HelpAsync(message, content, HelpText.For("", await Addressee.KeywordsAsync(db, clock.GetUtcNow(), stop)), stop);
                break;
            case Route.AnswerBroadcast { Answer: var said }:
                Keep(message, KeptReason.BroadcastAnswered);
                db.PublishAnswer(message, said, pseudonyms.Of(sender.Value)!);
                break;
            case Route.KeepOnly kept:
                Keep(message, kept.Reason);
                break;
        }

        var member = db.CaseMessages.Local.SingleOrDefault();
        if ((muted ?? db.BlockedMessages.Local.SingleOrDefault()) is { ReleasedAt: { } releasedAt, ReleasedBy: { } releasedBy } released && member is not null)
            db.Record(member.CaseId, CaseEventKind.MessageReleased, releasedAt, releasedBy, new { messageId = message.Id, blockId = released.BlockId });
        await db.SaveChangesAsync(stop);
        // A case has its number only now; still the same transaction.
        if (member is not null && await emergency.ByWordsAsync(member.CaseId, content.Text, stop))
            await db.SaveChangesAsync(stop);
        if (opened is not null && options.Value.SendReceipt && route is Route.ToPosition { MayPrompt: false } && sender.CanBeAnswered)
        {
            await answers.SayAsync(message, content, AutoAnswerKind.Receipt, InboundSmsTexts.Receipt(opened.Number), stop);
            await db.SaveChangesAsync(stop);
        }

        metrics.Routed(route);
        Routed(log, message.Id, route.GetType().Name);
    }

    private async Task<Route.Facts> FactsAsync(Message message, MessageContent content, PhoneNumber sender, Known known, CancellationToken stop)
    {
        if (known.IsOwnText)
            answers.OwnTextSeen();
        var first = Keyword.Read(content.Text, new(options.Value.ClassWords));
        var addressee = await Addressee.FindAsync(db, first.Word, message.ReceivedAt, stop);
        var next = addressee is null && first is { Class: not null, Next.Length: > 0 } ? await Addressee.FindAsync(db, first.Next, message.ReceivedAt, stop) : null;
        var open = addressee is null && next is null ? await CaseOfAsync(sender, WaitingForAnswer, message.ReceivedAt, stop) : null;
        var thanked = addressee is null && next is null && open is null && Thanks.IsAll(content.Text)
            ? await CaseOfAsync(sender, [CaseStatus.Answered], message.ReceivedAt, stop, message.ReceivedAt - options.Value.ThanksWithin) : null;
        var standing = await db.StandingAsync(
            abuse.Value, known, sender, first, addressee ?? next, async () => await emergency.FindAsync(content.Text, unit: null, stop) is not null, message, clock.GetUtcNow(), stop);
        return new(first, standing, Keyword.ReadStatusQuery(content.Text), Keyword.ReadBroadcastAnswer(content.Text, options.Value.BroadcastCode), await ObjectionAsync(content, sender, message.ReceivedAt, stop), sender, channels.IsOwn(sender.Value), known.IsOwnText,
            addressee ?? next, next is not null, open, thanked);
    }

    /// <summary>The sender's latest case. Only a mobile number names one person: behind a name, a short code or nothing stand many.</summary>
    private async Task<Guid?> CaseOfAsync(PhoneNumber sender, CaseStatus[] statuses, DateTimeOffset at, CancellationToken stop, DateTimeOffset? answeredSince = null) => !sender.CanBeAnswered ? null :
        await db.CasesOf(sender.Value, at - abuse.Value.NumberRests).Where(c => statuses.Contains(c.Status) && (answeredSince == null || c.AnsweredAt >= answeredSince))
            .OrderByDescending(c => c.ReceivedAt).Select(c => (Guid?)c.Id).FirstOrDefaultAsync(stop);

    /// <summary>To the publication of which of his cases the citizen objects: the one that he names, or his latest; the case is null where it is not his, or he has none.</summary>
    private async Task<Objection?> ObjectionAsync(MessageContent content, PhoneNumber sender, DateTimeOffset at, CancellationToken stop)
    {
        var (isMeant, number) = Keyword.ReadObjection(content.Text);
        if (!isMeant || !sender.CanBeAnswered)
            return null;
        return new(number, await db.CasesOf(sender.Value, at - abuse.Value.NumberRests).Where(c => number == null || c.Number == number)
            .OrderByDescending(c => c.Number).Select(c => new Objection.Of(c.Id, c.Number)).FirstOrDefaultAsync(stop));
    }

    /// <summary>Null for an SMS.</summary>
    private async Task<Route?> SubmittedAsync(Message message, MessageContent content, CancellationToken stop)
    {
        if (!Channels.IsReserved(message.Channel))
            return null;
        var submission = await db.Submissions.AsNoTracking().SingleAsync(s => s.MessageId == message.Id, stop);
        return new Route.Submitted(submission, submission.IsSecret || Keyword.Read(content.Text).IsSecret);
    }

    private SmsCase Open(Message message, Addressee? addressee, bool isSecret, Classed? classed, Submission? submission = null, string? suggested = null) =>
        db.OpenCase(message, addressee, isSecret, classed, message.ReceivedAt + options.Value.AnswerWithin, clock.GetUtcNow(), submission, suggested);

    private void Keep(Message message, KeptReason reason) => db.Add(new KeptMessage { MessageId = message.Id, Reason = reason, KeptAt = clock.GetUtcNow() });

    private async Task HelpAsync(Message message, MessageContent content, string? help, CancellationToken stop)
    {
        await answers.WatchForLoopAsync(content.Sender, stop);
        if (help is not null)
            await answers.SayAsync(message, content, AutoAnswerKind.Help, help, stop);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "SMS {MessageId} routed: {Route}")]
    private static partial void Routed(ILogger log, Guid messageId, string route);
}
