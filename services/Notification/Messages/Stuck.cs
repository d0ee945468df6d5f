using System.Linq.Expressions;
using Notification.Sending;
using Notification.Storage;

namespace Notification.Messages;

/// <summary>
/// What has been pending for longer than it should: somebody may want to look after it before its time is over. Not what has its name already ("tanpa kabar"), nor
/// what is held while it is quiet.
/// </summary>
internal static class Stuck
{
    // As health has it; a broadcast takes its time.
    private static readonly TimeSpan Urgent = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patient = TimeSpan.FromHours(1);

    // A server that turns strangers away at first wants half an hour between two attempts.
    private static readonly TimeSpan Email = TimeSpan.FromHours(1);

    // By then a provider that can be asked has been asked.
    private static readonly TimeSpan Unknown = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Silent = TimeSpan.FromHours(13);

    // The states by name, so that their partial indexes are used.
    public static Expression<Func<Sms, bool>> Sms(DateTimeOffset now)
    {
        var (urgent, patient, unknown, silent, lastUrgent) = (now - Urgent, now - Patient, now - Unknown, now - Silent, Lanes.Urgent.To);
        return sms => (sms.State == SmsState.Queued && (sms.NotBefore ?? sms.CreatedAt) < (sms.Lane <= lastUrgent ? urgent : patient))
            || (sms.State == SmsState.Uncertain && sms.NoReportAt == null && sms.ChangedAt < unknown)
            || ((sms.State == SmsState.AcceptedByProvider || sms.State == SmsState.AcceptedByOperator) && sms.NoReportAt == null && sms.ChangedAt < silent);
    }

    /// <summary>Silence behind the mail server is the rule, and no sign of anything.</summary>
    public static Expression<Func<Email, bool>> Emails(DateTimeOffset now)
    {
        var (waiting, unknown) = (now - Email, now - Unknown);
        return email => (email.State == SmsState.Queued && (email.NotBefore ?? email.CreatedAt) < waiting) || (email.State == SmsState.Uncertain && email.NoReportAt == null && email.ChangedAt < unknown);
    }
}
