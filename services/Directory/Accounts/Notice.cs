using Contracts.Notification;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;

namespace Directory.Accounts;

/// <summary>
/// Tells a person by SMS what somebody else has done to what proves him, in the save that does it: an administrator, or whoever sits at his session, takes no
/// account over in silence.
/// </summary>
internal static class Notice
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(1);

    public static async Task TellOwnerAsync(DirectoryDb db, Account account, string text, DateTimeOffset now, CancellationToken stop)
    {
        if (await db.Officials.Where(owner => owner.Id == account.OfficialId).Select(owner => owner.NoticePhone).SingleOrDefaultAsync(stop) is { } phone)
            Send(db, account.Id, phone, text, account.UserName!, now);
    }

    public static void Send(DirectoryDb db, Guid subjectId, string phone, string text, string userLogin, DateTimeOffset now) =>
        db.Publish(subjectId, Outbox.System, new SendSms
        {
            SmsId = Guid.CreateVersion7(),
            To = phone,
            Text = Texts.Of(text).Replace("{0}", userLogin, StringComparison.Ordinal),
            Channel = "",
            Purpose = SmsPurpose.Notice,
            ExpiresAt = now + Validity,
        });
}
