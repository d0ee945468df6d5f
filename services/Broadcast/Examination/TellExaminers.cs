using System.Globalization;
using Broadcast.Sending;
using Broadcast.Storage;
using Contracts.Directory;
using Contracts.Notification;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.DirectoryCopy;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;

namespace Broadcast.Examination;

/// <summary>
/// Whoever may examine hears that something waits for him: the Chairs and who has a mandate in force, but not who worded it, asked for it or let it go. Where there is nobody, the
/// administrators.
/// </summary>
internal sealed class TellExaminers(BroadcastDb db, Examiner examiner)
{
    /// <summary>With the caller's save.</summary>
    /// <param name="broadcast">Its number is told, and nothing of its content.</param>
    /// <param name="text">Key of the text.</param>
    /// <param name="released">The official who let it go unexamined.</param>
    /// <param name="isUrgent">It went without them.</param>
    /// <param name="now">Whose mandates count.</param>
    /// <param name="stop">Ends the request.</param>
    public async Task RunAsync(BroadcastMessage broadcast, string text, Guid? released, bool isUrgent, DateTimeOffset now, CancellationToken stop)
    {
        var told = string.Format(CultureInfo.InvariantCulture, Texts.InIndonesian(text), broadcast.Number);
        var authors = examiner.WrittenSinceDecision(broadcast).Select(r => r.AuthorOfficialId);
        var chairs = db.Set<GrantedRoles>().Where(granted => granted.Roles.Contains(Roles.Chair)).Select(granted => granted.OfficialId);
        var mandated = examiner.MandatesInForce(now).Select(m => m.OfficialId);
        var examiners = await chairs.Union(mandated)
            .Where(official => official != broadcast.OriginatorId && official != released && !authors.Contains(official)).ToListAsync(stop);
        foreach (var official in examiners)
        {
            var notice = Guid.CreateVersion7(now);
            db.Publish(notice, Outbox.System, new NotifyOfficial { NoticeId = notice, OfficialId = official, Text = told, IsUrgent = isUrgent, MayWait = !isUrgent, ReportTo = TrackDelivery.Queue });
        }

        if (examiners.Count > 0)
            return;
        var id = Guid.CreateVersion7(now);
        db.Publish(id, Outbox.System, new TellResponsible { Id = id, Text = told });
    }
}
