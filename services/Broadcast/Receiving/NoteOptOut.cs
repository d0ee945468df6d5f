using Broadcast.Storage;
using Contracts.Directory;
using Contracts.InboundSms;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Sms;

namespace Broadcast.Receiving;

/// <summary>
/// STOP from an official's notice phone: coordination SMS are no advertising and go on, but an administrator hears of it and asks. A citizen's STOP fits no official and
/// leaves no trace here.
/// </summary>
internal sealed partial class NoteOptOut(BroadcastDb db, Pseudonyms pseudonyms, ILogger<NoteOptOut> log) : IConsumer<NumberOptedOut>
{
    public async Task Consume(ConsumeContext<NumberOptedOut> context)
    {
        var (said, stop) = (context.Message, context.CancellationToken);
        var phones = await db.Set<Contact>().AsNoTracking().Where(c => c.NoticePhone != null).ToListAsync(stop);
        Guid[] officials = [.. phones.Where(c => pseudonyms.Of(c.NoticePhone!) == said.SenderPseudonym).Select(c => c.OfficialId)];
        if (officials.Length == 0)
            return;
        var isNews = await db.Database.ExecuteSqlAsync($"""
            insert into stopped_number as known (official_id, pseudonym, is_out, at)
            select official, {said.SenderPseudonym}, {said.IsOut}, {said.ReceivedAt} from unnest({officials}) as official
            on conflict (official_id) do update set pseudonym = excluded.pseudonym, is_out = excluded.is_out, at = excluded.at where known.at < excluded.at
            """, stop);
        if (!said.IsOut || isNews == 0)
            return;
        db.Publish(said.MessageId, Outbox.System, new TellResponsible { Id = said.MessageId, Text = Texts.InIndonesian("broadcast.stop-answered") });
        await db.SaveChangesAsync(stop);
        Noted(log, officials.Length);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "STOP came from the notice phone of {Count} officials")]
    private static partial void Noted(ILogger log, int count);
}
