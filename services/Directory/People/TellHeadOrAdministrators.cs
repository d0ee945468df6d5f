using System.Security.Cryptography;
using Contracts.Directory;
using Contracts.Notification;
using Directory.Accounts;
using Directory.Storage;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Messaging;

namespace Directory.People;

/// <summary>Another service has something to say to those who answer for a unit, or for the platform, and does not know who they are.</summary>
internal sealed partial class TellHeadOrAdministrators(DirectoryDb db, ILogger<TellHeadOrAdministrators> log) : IConsumer<TellResponsible>
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(3);

    public async Task Consume(ConsumeContext<TellResponsible> context)
    {
        var (order, stop, now) = (context.Message, context.CancellationToken, db.EffectiveNow);
        var officials = order.UnitCode is null ? [] : await db.Assignments
            .Where(held => held.Position!.Unit!.Code == order.UnitCode && held.Position.Kind == PositionKind.HeadOfUnit && held.HeldFrom <= now && (held.HeldTo == null || now < held.HeldTo))
            .Select(held => held.OfficialId).Distinct().ToListAsync(stop);
        if (officials.Count == 0)
            officials = await WatchAdministrators.WhoCanSignIn(db, now).Where(account => account.OfficialId != null).Select(account => account.OfficialId!.Value).Distinct().ToListAsync(stop);
        foreach (var official in officials)
        {
            var notice = NoticeIdOf(order.Id, official);
            db.Publish(notice, Outbox.System, new NotifyOfficial { NoticeId = notice, OfficialId = official, Text = order.Text, MayWait = true, ExpiresAt = now + Validity });
        }

        await db.SaveChangesAsync(stop);
        if (officials.Count > 0)
            Told(log, order.Id, officials.Count);
        else
            NobodyTold(log, order.Id);
    }

    /// <summary>The same for the same order, also under another message id: Notification sends one.</summary>
    private static Guid NoticeIdOf(Guid order, Guid official)
    {
        byte[] both = [.. order.ToByteArray(), .. official.ToByteArray()];
        var hash = SHA256.HashData(both).AsSpan(0, 16);
        // RFC 9562, version 8: what is in it is our own affair.
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new(hash, bigEndian: true);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Notice {Id} goes to {Count} who answer for it")]
    private static partial void Told(ILogger log, Guid id, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Nobody can be told what notice {Id} says: no head, no administrator who is an official")]
    private static partial void NobodyTold(ILogger log, Guid id);
}
