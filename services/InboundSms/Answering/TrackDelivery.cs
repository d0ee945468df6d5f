using Contracts.Notification;
using InboundSms.Deadlines;
using InboundSms.Emergencies;
using InboundSms.History;
using InboundSms.Notices;
using InboundSms.Publishing;
using InboundSms.Storage;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults.Messaging;

namespace InboundSms.Answering;

/// <summary>
/// Keeps an answer's status as Notification tells it: the version decides, not the order of arrival. A final failure brings the case back to the inbox; a delivery
/// lets the public see it.
/// </summary>
internal sealed partial class TrackDelivery(InboundSmsDb db, RaiseEmergency emergency, IOptions<PublishingOptions> publishing, TimeProvider clock, ILogger<TrackDelivery> log)
    : IConsumer<DeliveryStatusChanged>
{
    /// <summary>As the bus names it: what this service orders is told here.</summary>
    public const string Queue = "inbound-sms-track-delivery";

    public async Task Consume(ConsumeContext<DeliveryStatusChanged> context)
    {
        var stop = context.CancellationToken;
        var change = context.Message;
        var taken = await db.Deliveries.Where(d => d.AnswerId == change.SmsId && d.Version < change.Version).ExecuteUpdateAsync(set => set
            .SetProperty(d => d.Status, change.Status)
            .SetProperty(d => d.Version, change.Version)
            .SetProperty(d => d.AcceptedByOperator, change.AcceptedByOperator)
            .SetProperty(d => d.Uncertain, change.Uncertain)
            .SetProperty(d => d.Contradictory, change.Contradictory)
            .SetProperty(d => d.Reason, change.Reason)
            .SetProperty(d => d.ChangedAt, change.At.ToUniversalTime()), stop);
        // Not an answer (the system's own help SMS, a notice), or older than what is known.
        if (taken == 0)
        {
            await db.NoteFailedNoticeAsync(change, clock.GetUtcNow(), stop);
            await emergency.TellOthersAsync(change, stop);
            await db.HoldExpiredNoticeAsync(change, stop);
            return;
        }

        if (change.Status == DeliveryStatus.Failed)
            await BringBackAsync(change.SmsId, stop);
        else if (change.Status == DeliveryStatus.Delivered)
            await ShowAsync(change.SmsId, stop);
        CaseEventKind? happened = change switch
        {
            { Status: DeliveryStatus.Failed } => CaseEventKind.AnswerFailed,
            { Status: DeliveryStatus.Delivered } => CaseEventKind.AnswerDelivered,
            { AcceptedByOperator: true } => CaseEventKind.AnswerAtOperator,
            _ => null,
        };
        if (happened is { } kind)
        {
            db.Record(await db.Answers.Where(a => a.Id == change.SmsId).Select(a => a.CaseId).SingleAsync(stop),
                kind, clock.GetUtcNow(), Outbox.System, new { answerId = change.SmsId, change.Reason });
            await db.SaveChangesAsync(stop);
        }

        Changed(log, change.SmsId, change.Status, change.Version);
    }

    private async Task BringBackAsync(Guid answerId, CancellationToken stop)
    {
        await db.Publications.Where(p => p.AnswerId == answerId).ExecuteUpdateAsync(set => set
            .SetProperty(p => p.PublishAt, DateTimeOffset.MaxValue).SetProperty(p => p.PublishedAt, (DateTimeOffset?)null).SetProperty(p => p.Version, p => p.Version + 1), stop);
        await db.PublicCases.Where(c => c.AnswerId == answerId).ExecuteDeleteAsync(stop);
        // Only the case's latest answer decides: a later one may already be on its way.
        await db.Cases.Where(c => c.Status == CaseStatus.Answered
                && db.Answers.Where(a => a.CaseId == c.Id).OrderByDescending(a => a.AnsweredAt).Select(a => a.Id).First() == answerId)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.Status, CaseStatus.AnswerFailed).SetProperty(c => c.Version, c => c.Version + 1), stop);
    }

    private async Task ShowAsync(Guid answerId, CancellationToken stop)
    {
        var publishAt = clock.GetUtcNow() + publishing.Value.Delay;
        await db.Publications.Where(p => p.AnswerId == answerId && p.PublishAt > publishAt)
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.PublishAt, publishAt), stop);
        // A handset's report after a final failure: the citizen has the answer after all.
        await db.Cases.Where(c => c.Status == CaseStatus.AnswerFailed && db.Answers.Any(a => a.Id == answerId && a.CaseId == c.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.Status, CaseStatus.Answered).SetProperty(c => c.Version, c => c.Version + 1), stop);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Answer {AnswerId} is {Status} (version {Version})")]
    private static partial void Changed(ILogger log, Guid answerId, DeliveryStatus status, long version);
}
