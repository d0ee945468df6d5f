using System.Text;
using InboundSms.Receive.UserData;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive;

/// <summary>What a provider delivered, in one shape.</summary>
/// <param name="Account">Whose id it is: ids are unique within an account.</param>
/// <param name="ProviderMessageId">Stays the same however often the provider repeats.</param>
/// <param name="Sender">As written by the provider.</param>
/// <param name="Recipient">Our number, as written by the provider.</param>
/// <param name="Text">The citizen's words.</param>
/// <param name="ProviderTime">When the provider says it came; evidence beside our own time.</param>
/// <param name="Raw">The bytes that say all this: the body or query of the call, of a batch the message's own element.</param>
internal sealed record IncomingSms(
    string Account, string ProviderMessageId, string Sender, string Recipient, string Text, DateTimeOffset? ProviderTime, byte[] Raw)
{
    /// <summary>Which part of a long message this is, where the provider does not join.</summary>
    public SmsPart? Part { get; init; }

    /// <summary>What came instead of text, where the provider does not decode.</summary>
    public SmsBytes? Bytes { get; init; }
}

/// <summary>Place in a concatenated message (3GPP TS 23.040 9.2.3.24.1): the reference is the handset's and comes again and again.</summary>
internal sealed record SmsPart(string Reference, int Total, int Number);

/// <summary>User data header, with its length octet, and user data of a binary message.</summary>
internal sealed record SmsBytes(byte[] Header, byte[] Data, SmsCoding Coding = SmsCoding.Unknown);

/// <summary>One message of an authentic call that cannot be read; kept in quarantine.</summary>
internal sealed record RefusedSms(string Reason, byte[] Raw);

/// <summary>A webhook call as it came: nothing of it has been interpreted.</summary>
internal sealed record WebhookCall(string Method, IHeaderDictionary Headers, IQueryCollection Query, string QueryString, string? ContentType, byte[] Body)
{
    public bool IsGet => HttpMethods.IsGet(Method);

    /// <summary>The bytes that say everything: the query of a GET, else the body.</summary>
    public byte[] Raw => IsGet ? Encoding.UTF8.GetBytes(QueryString.TrimStart('?')) : Body;

    /// <summary>The same with what Kannel says beside the body: a person who looks at a refused call must see who wrote. No credentials.</summary>
    public byte[] Whole => Headers.Where(header => header.Key.StartsWith("X-Kannel-", StringComparison.OrdinalIgnoreCase)).Select(header => $"{header.Key}: {header.Value}\r\n").ToList() is { Count: > 0 } said
        ? [.. Encoding.UTF8.GetBytes($"{QueryString}\r\n{string.Concat(said)}\r\n"), .. Raw]
        : Raw;
}

/// <summary>What a provider's adapter says of a call.</summary>
internal abstract record Reading
{
    /// <summary>Authentic. One unreadable message of a batch does not hold up the others.</summary>
    public sealed record Accepted(IReadOnlyList<IncomingSms> Messages, IReadOnlyList<RefusedSms> Refused) : Reading;

    /// <summary>Not proved to come from the provider. No effect but a quarantine row.</summary>
    public sealed record Unauthentic(string Reason) : Reading;

    /// <summary>Authentic, but not a message of this contract. Kept in quarantine.</summary>
    public sealed record Malformed(string Reason) : Reading;
}

/// <summary>One provider type: proves the call, reads it, answers in the provider's shape. Adding one touches <c>Providers/</c> alone.</summary>
internal interface IInboundProvider
{
    ProviderType Type { get; }

    /// <summary>The contract knows calls by GET; others are refused with 405.</summary>
    bool TakesGet => false;

    /// <summary>Pure but for the clock's value; the signature is checked before anything is read.</summary>
    Reading Read(ChannelOptions channel, WebhookCall call, DateTimeOffset now);

    /// <summary>The 2xx that this provider takes for "yours now".</summary>
    /// <param name="isDuplicate">Every message of the call was here before.</param>
    IResult Answer(bool isDuplicate);
}
