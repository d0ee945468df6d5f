using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace InboundSms.Privacy;

/// <summary>Section <c>Privacy</c>.</summary>
public sealed record PrivacyOptions
{
    public const int ShortestKey = 32;

    /// <summary>Makes pseudonyms; the same for all instances. Another key, other pseudonyms: what was exported before can be connected with nothing any more.</summary>
    public string PseudonymKey { get; init; } = "";
}

/// <summary>
/// A name for a sender that tells nobody his number, and is the same in each of his messages: who works with many messages sees that they are of one person. Keyed, because
/// all Indonesian numbers are tried in minutes against a plain hash.
/// </summary>
internal sealed class Pseudonyms(IOptions<PrivacyOptions> options)
{
    private const int Bytes = 9;

    private readonly byte[] _key = Encoding.UTF8.GetBytes(options.Value.PseudonymKey);

    /// <summary>Null where there is no number, or more than one person may stand behind it.</summary>
    public string? Of(string sender) => sender.StartsWith('+')
        ? $"W-{Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(sender)).AsSpan(0, Bytes))}"
        : null;
}
