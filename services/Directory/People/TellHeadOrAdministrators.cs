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
        var officials = order.UnitCode is null ? [] : await ReachableAsync(db.Assignments
            .Where(held => held.Position!.Unit!.Code == order.UnitCode && held.Position.Kind == PositionKind.HeadOfUnit && held.HeldFrom <= now && (held.HeldTo == null || now < held.HeldTo))
            .Select(held => held.OfficialId), stop);
        if (officials.Count == 0)
            officials = await ReachableAsync(WatchAdministrators.WhoCanSignIn(db, now).Where(account => account.OfficialId != null).Select(account => account.OfficialId!.Value), stop);
        if (officials.Count == 0 && order.IsListed)
        {
            Nobody(log, order.Id);
            return;
        }

        // Parked, it is seen, and told when it is given back: lost, nobody would ever know.
        if (officials.Count == 0)
            throw new InvalidOperationException($"Nobody can be told what notice {order.Id} says: no head and no administrator has a notice phone.");
        foreach (var official in officials.Where(official => official != order.Except))
        {
            var notice = NoticeIdOf(order.Id, official);
            db.Publish(notice, Outbox.System, new NotifyOfficial
            {
                NoticeId = notice,
                OfficialId = official,
                Text = order.Text,
                IsUrgent = order.IsUrgent,
                MayWait = !order.IsUrgent,
                ExpiresAt = now + Validity,
            });
        }

        await db.SaveChangesAsync(stop);
        Told(log, order.Id, officials.Count);
    }

    /// <summary>Those of them who have a notice phone.</summary>
    private Task<List<Guid>> ReachableAsync(IQueryable<Guid> officials, CancellationToken stop) =>
        db.Officials.Where(official => official.NoticePhone != null && officials.Contains(official.Id)).Select(official => official.Id).ToListAsync(stop);

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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notice {Id} goes to nobody: no head and no administrator has a notice phone")]
    private static partial void Nobody(ILogger log, Guid id);

    [LoggerMessage(Level = LogLevel.Information, Message = "Notice {Id} goes to {Count} who answer for it")]
    private static partial void Told(ILogger log, Guid id, int count);
}
