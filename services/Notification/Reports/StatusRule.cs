using Contracts.Notification;
using Notification.Storage;

namespace Notification.Reports;

/// <summary>What an SMS is after somebody has said something about it.</summary>
/// <param name="State">The state from now on.</param>
/// <param name="Contradicts">Two final statements differ; both stay in the history.</param>
internal readonly record struct Verdict(SmsState State, bool Contradicts = false);

/// <summary>
/// The right status whatever the order of the news (BJN 12(8)). States only move forward by rank; final ones absorb. Of two different final ones the
/// first stays, except that a handset's receipt outweighs an earlier failure: the citizen did get it, and the law's reader must know.
/// </summary>
internal static class StatusRule
{
    public static Verdict Next(SmsState now, DateTimeOffset? finalAt, SmsState told, DateTimeOffset toldAt)
    {
        if (!IsFinal(now))
            return new(told > now ? told : now);
        if (!IsFinal(told) || Shown(told) == Shown(now))
            return new(now);

        // Providers date in whole seconds.
        var isLater = finalAt is not { } first || toldAt.ToUnixTimeSeconds() >= first.ToUnixTimeSeconds();
        return new(told == SmsState.Delivered && isLater ? SmsState.Delivered : now, Contradicts: true);
    }

    /// <summary>
    /// The same by a provider that had it before another one took over. That the citizen has it is news whoever brought it, and whenever the other one failed; all else tells
    /// nothing of the handover that counts now.
    /// </summary>
    public static Verdict NextByEarlierProvider(SmsState now, SmsState told) =>
        told == SmsState.Delivered ? new(told, Contradicts: IsFinal(now) && now != told) : new(now);

    /// <summary>Nobody has what is queued again: a failure that is reported then is an earlier handover's, and the next one is still to come.</summary>
    public static bool IsOver(SmsState now, int handovers, Evidence told) =>
        now == SmsState.Queued && handovers > 0 && told.Source == "report" && Shown(told.Told) == DeliveryStatus.Failed;

    public static bool IsFinal(SmsState state) => state >= SmsState.Delivered;

    public static DeliveryStatus Shown(SmsState state) => state switch
    {
        SmsState.Delivered => DeliveryStatus.Delivered,
        SmsState.Failed or SmsState.Expired or SmsState.TemporarilyFailed => DeliveryStatus.Failed,
        _ => DeliveryStatus.Pending,
    };
}
