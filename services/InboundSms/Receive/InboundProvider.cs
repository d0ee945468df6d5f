using System.Text;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive;

/// <summary>What a provider delivered, in one shape.</summary>
/// <param name="Account">Whose id it is: ids are unique within an account.</param>
/// <param name="ProviderMessageId">Stays the same however often the provider repeats.</param>
/// <param name="Sender">As written by the provider.</param>
/// <param name="Recipient">Our number, as written by the provider.</param>
/// <param name="Text">The citizen's words.</param>
/// <param name="ProviderTime">When the provider says it came; evidence beside our own time.</param>
internal sealed record IncomingSms(
    string Account, string ProviderMessageId, string Sender, string Recipient, string Text, DateTimeOffset? ProviderTime);

/// <summary>A webhook call as it came: nothing of it has been interpreted.</summary>
internal sealed record WebhookCall(IHeaderDictionary Headers, IQueryCollection Query, string QueryString, string? ContentType, byte[] Body);

/// <summary>What a provider's adapter says of a call.</summary>
internal abstract record Reading
{
    /// <summary>Authentic and complete.</summary>
    public sealed record Accepted(IncomingSms Sms) : Reading;

    /// <summary>Not proved to come from the provider. No effect but a quarantine row.</summary>
    public sealed record Unauthentic(string Reason) : Reading;

    /// <summary>Authentic, but not a message of this contract. Kept in quarantine.</summary>
    public sealed record Malformed(string Reason) : Reading;
}

/// <summary>One provider type: proves the call, reads it, answers in the provider's shape. Adding one touches <c>Providers/</c> alone.</summary>
internal interface IInboundProvider
{
    ProviderType Type { get; }

    /// <summary>Pure but for the clock's value; the signature is checked before anything is read.</summary>
    Reading Read(ChannelOptions channel, WebhookCall call, DateTimeOffset now);

    /// <summary>The 2xx that this provider takes for "yours now".</summary>
    IResult Answer(bool isDuplicate);
}

/// <summary>Limits that hold for every provider.</summary>
internal static class Fields
{
    public const int LongestId = 256;
    public const int LongestAddress = 64;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string? Utf8(byte[] bytes) => Decode(StrictUtf8, bytes);

    /// <summary>The text, or null when the bytes are none in this encoding, which must be a strict one.</summary>
    public static string? Decode(Encoding encoding, byte[] bytes)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Accepted if every field is within its bounds.</summary>
    public static Reading Checked(IncomingSms sms) => sms switch
    {
        { ProviderMessageId.Length: 0 or > LongestId } => new Reading.Malformed("message id"),
        { Account.Length: > LongestId } => new Reading.Malformed("account"),
        { Sender.Length: > LongestAddress } => new Reading.Malformed("sender"),
        { Recipient.Length: > LongestAddress } => new Reading.Malformed("recipient"),
        _ => new Reading.Accepted(sms),
    };
}
