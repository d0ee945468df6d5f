using System.Diagnostics;
using InboundSms.Receive.UserData;

namespace InboundSms.Receive;

/// <summary>
/// A message, or a part of one, on its way from the door into the database, directly or through the spool. Id and time are given once, at the door: whichever way comes
/// first stores it, the other finds it, and the legal clock is the same.
/// </summary>
/// <param name="Units">What the text was decoded from, where the provider does not decode, or cuts a character in two.</param>
internal sealed record ReceivedSms(Guid Id, DateTimeOffset ReceivedAt, string Channel, IncomingSms Sms, SmsUnits? Units, string? TraceParent)
{
    /// <summary>Why a message of an authentic call cannot be read: it goes to quarantine and nowhere else.</summary>
    public string? Refused { get; init; }

    public static ReceivedSms OfRefused(string channel, RefusedSms refused, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), now, channel, new("", "", "", "", "", ProviderTime: null, refused.Raw), Units: null, Activity.Current?.Id) { Refused = refused.Reason };

    public static ReceivedSms Of(string channel, IncomingSms sms, DateTimeOffset now)
    {
        var units = sms.Bytes is { } bytes ? SmsUnits.Of(bytes) : SmsUnits.OfHalves(sms.Text);
        var part = sms.Part ?? (sms.Bytes is { } binary ? UserDataHeader.PartOf(binary.Header) : null);
        return new(Guid.CreateVersion7(now), now, channel, sms with { Text = units?.Decode() ?? sms.Text, Part = part is { Total: > 1 } ? part : null }, units, Activity.Current?.Id);
    }
}
