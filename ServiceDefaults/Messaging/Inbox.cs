using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.Messaging;

/// <summary>
/// A message that comes twice is consumed once: its id and the consumer's writes are one transaction. Two instances that get it at the same time meet at
/// the primary key; the second waits for the first, then finds the id or, if the first failed, takes over.
/// </summary>
internal sealed class InboxFilter<TMessage>(DbContext db) : IFilter<ConsumeContext<TMessage>>
    where TMessage : class
{
    public async Task Send(ConsumeContext<TMessage> context, IPipe<ConsumeContext<TMessage>> next)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(context.CancellationToken);
        var queue = context.ReceiveContext.InputAddress.Segments[^1];
        var isNew = await db.Database.ExecuteSqlAsync(
            $"insert into inbox (message_id, consumer) values ({context.MessageId!.Value}, {queue}) on conflict do nothing", context.CancellationToken);
        if (isNew == 0)
        {
            // Else it would count as consumed by nobody, and be kept with its words in a queue of skipped messages.
            await context.NotifyConsumed(TimeSpan.Zero, nameof(InboxFilter<>));
            return;
        }

        await next.Send(context);
        await transaction.CommitAsync(context.CancellationToken);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("inbox");
}
