using Broadcast.Storage;
using Contracts.InboundSms;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace Broadcast.Receiving;

/// <summary>
/// Keeps an answer that came by SMS, and finds whose it is: InboundSms tells a pseudonym of the number, which is the same for the recipient's number here. One that
/// fits no recipient is kept too, for a person to look at: a citizen may have written it. Attendance is read where the broadcast asks for it.
/// </summary>
internal sealed partial class KeepSmsAnswer(BroadcastDb db, Pseudonyms pseudonyms, ILogger<KeepSmsAnswer> log) : IConsumer<OfficialAnswered>
{
    public async Task Consume(ConsumeContext<OfficialAnswered> context)
    {
        var (said, stop) = (context.Message, context.CancellationToken);
        var broadcast = await db.Broadcasts.AsNoTracking().SingleOrDefaultAsync(b => b.Number == said.Number && b.StartedAt != null, stop);
        var official = broadcast is null ? null : await FindAsync(broadcast, said.SenderPseudonym, stop);
        var asked = broadcast is null ? AnswerMode.None
            : await db.Revisions.Where(r => r.BroadcastId == broadcast.Id && r.No == broadcast.Revision).Select(r => r.Answers).SingleAsync(stop);
        // InboundSms may have routed it again after a restore: its id is the key.
        if (await db.Set<Answer>().AnyAsync(a => a.Id == said.MessageId, stop))
            return;
        db.Add(new Answer
        {
            Id = said.MessageId,
            BroadcastId = broadcast?.Id,
            Number = said.Number,
            OfficialId = official,
            Via = AnswerVia.Sms,
            Attends = asked == AnswerMode.Attendance ? Attendance.Of(said.Text) : null,
            At = said.ReceivedAt.InMicroseconds,
            Content = new() { Text = said.Text, Sender = said.SenderPseudonym },
        });
        await db.SaveChangesAsync(stop);
        if (official is null)
            Unknown(log, said.MessageId);
    }

    private async Task<Guid?> FindAsync(BroadcastMessage broadcast, string pseudonym, CancellationToken stop)
    {
        if (!await db.Set<RecipientPseudonym>().AnyAsync(p => p.BroadcastId == broadcast.Id, stop))
            await MakeAsync(broadcast, stop);
        return await db.Set<RecipientPseudonym>().Where(p => p.BroadcastId == broadcast.Id && p.Pseudonym == pseudonym).Select(p => (Guid?)p.OfficialId).SingleOrDefaultAsync(stop)
            ?? await FindResentAsync(broadcast, pseudonym, stop);
    }

    /// <summary>What was sent once more went to the number of that day, which need not be the list's.</summary>
    private async Task<Guid?> FindResentAsync(BroadcastMessage broadcast, string pseudonym, CancellationToken stop)
    {
        var resent = await db.Set<Resend>().Where(r => r.BroadcastId == broadcast.Id && r.Number != null)
            .OrderByDescending(r => r.OrderedAt).Select(r => new { r.OfficialId, r.Number }).ToListAsync(stop);
        return resent.Find(r => pseudonyms.Of(r.Number!) == pseudonym)?.OfficialId;
    }

    /// <summary>Once for a broadcast: a list whose sending has begun gets no other number. Of two people with one phone it is he who was sent the SMS.</summary>
    private async Task MakeAsync(BroadcastMessage broadcast, CancellationToken stop)
    {
        var reached = await db.Recipients.AsNoTracking()
            .Where(r => r.BroadcastId == broadcast.Id && r.Revision == broadcast.Revision && r.Number != null && r.State != RecipientState.Skipped)
            .Select(r => new { r.OfficialId, r.Number }).ToListAsync(stop);
        Guid[] officials = [.. reached.Select(r => r.OfficialId)];
        string?[] names = [.. reached.Select(r => pseudonyms.Of(r.Number!))];
        await db.Database.ExecuteSqlAsync($"""
            insert into recipient_pseudonym (broadcast_id, pseudonym, official_id)
            select {broadcast.Id}, name, official from unnest({names}, {officials}) as made(name, official) where name is not null order by name on conflict do nothing
            """, stop);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer {MessageId} fits no recipient of a broadcast")]
    private static partial void Unknown(ILogger log, Guid messageId);
}
