using Broadcast.Storage;
using Contracts.Notification;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Broadcast.Sending;

/// <summary>
/// Keeps what became of each recipient's SMS, and of what was sent once more to one of them, by one statement: the version decides, not the order of arrival. What others have ordered finds no row.
/// </summary>
internal sealed class TrackDelivery(BroadcastDb db) : IConsumer<DeliveryStatusChanged>
{
    /// <summary>As the bus names it: what this service orders is told here.</summary>
    public const string Queue = "broadcast-track-delivery";

    /// <summary>Notification's word for what it took back.</summary>
    private const string Withdrawn = "withdrawn";

    public async Task Consume(ConsumeContext<DeliveryStatusChanged> context)
    {
        var (told, stop) = (context.Message, context.CancellationToken);
        var state = (told.Status switch
        {
            DeliveryStatus.Delivered => RecipientState.Delivered,
            DeliveryStatus.Failed => told.Reason == Withdrawn ? RecipientState.Withdrawn : RecipientState.Failed,
            _ => RecipientState.Ordered,
        }).ToString();
        var failure = told.Status == DeliveryStatus.Failed && told.Reason != Withdrawn ? told.Reason : null;
        // That it was at the operator, or may have been, stays true when it fails, whichever is heard of first: a correction goes to such people too.
        var taken = await db.Database.ExecuteSqlAsync($"""
            update recipient set state = {state}, status_version = {told.Version}, failure = {failure}, changed_at = {told.At.ToUniversalTime()},
              at_operator = at_operator or {told.AcceptedByOperator}, is_uncertain = {told.Uncertain} or (is_uncertain and {state} = 'Failed')
            where sms_id = {told.SmsId} and status_version < {told.Version}
            """, stop);
        // Or it is the SMS that one person was sent once more.
        if (taken == 0)
        {
            taken = await db.Database.ExecuteSqlAsync($"""
                update resend set state = {state}, status_version = {told.Version}, failure = {failure}, changed_at = {told.At.ToUniversalTime()},
                  at_operator = {told.AcceptedByOperator}, is_uncertain = {told.Uncertain}
                where sms_id = {told.SmsId} and status_version < {told.Version}
                """, stop);
        }

        if (taken == 0 && told.AcceptedByOperator)
            await db.Recipients.Where(r => r.SmsId == told.SmsId && !r.AtOperator).ExecuteUpdateAsync(set => set.SetProperty(r => r.AtOperator, true), stop);
    }
}
