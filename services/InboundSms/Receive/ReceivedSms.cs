using System.Diagnostics;

namespace InboundSms.Receive;

/// <summary>
/// A message on its way from the door into the database, directly or through the spool. Id and time are given once, at the door: whichever way comes first stores
/// it, the other finds it, and the legal clock is the same.
/// </summary>
internal sealed record ReceivedSms(Guid Id, DateTimeOffset ReceivedAt, string Channel, IncomingSms Sms, string? TraceParent)
{
    public static ReceivedSms Of(string channel, IncomingSms sms, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), now, channel, sms, Activity.Current?.Id);
}
