using System.Globalization;
using Broadcast.Storage;
using Contracts.Directory;
using Contracts.Notification;
using ServiceDefaults;
using ServiceDefaults.Messaging;

namespace Broadcast.Sending;

/// <summary>
/// What people hear of a broadcast, with the save that makes it true: its number and nothing of its content, nor of the reasons, which stand behind the sign-in. Of an emergency
/// they hear at night too.
/// </summary>
internal static class Notices
{
    /// <summary>Who answers for broadcasts hears that one needs him.</summary>
    /// <param name="db">Saves it.</param>
    /// <param name="broadcast">Already numbered.</param>
    /// <param name="text">Key of the text.</param>
    /// <param name="now">When.</param>
    /// <param name="by">The official who did it: he is not told.</param>
    public static void TellResponsible(this BroadcastDb db, BroadcastMessage broadcast, string text, DateTimeOffset now, Guid? by = null)
    {
        var id = Guid.CreateVersion7(now);
        db.Publish(id, Outbox.System, new TellResponsible { Id = id, Text = Of(broadcast, text), IsUrgent = broadcast.IsEmergency, Except = by, IsListed = by is not null });
    }

    /// <summary>One official hears of it.</summary>
    public static void TellOfficial(this BroadcastDb db, Guid official, BroadcastMessage broadcast, string text, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        db.Publish(id, Outbox.System, new NotifyOfficial
        {
            NoticeId = id,
            OfficialId = official,
            Text = Of(broadcast, text),
            IsUrgent = broadcast.IsEmergency,
            MayWait = !broadcast.IsEmergency,
            ReportTo = TrackDelivery.Queue,
        });
    }

    private static string Of(BroadcastMessage broadcast, string text) => string.Format(CultureInfo.InvariantCulture, Texts.InIndonesian(text), broadcast.Number);
}
