using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using InboundSms.Receive.UserData;

namespace InboundSms.Receive;

/// <summary>Limits and encodings that hold for every provider: the right text or none, never a guess.</summary>
internal static partial class Fields
{
    public const int LongestId = 256;
    public const int LongestAddress = 64;
    private const int LongestReference = 64;

    private static readonly string[] IsoTimes = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];
    private static readonly JsonDocumentOptions StrictJson = new() { MaxDepth = 8, AllowDuplicateProperties = false };
    private static readonly Encoding StrictUtf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly Encoding StrictUtf16 = new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true);
    private static readonly Encoding StrictUtf16BigEndian = new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true);
    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>Accepted if every field is within its bounds.</summary>
    public static Reading Checked(IncomingSms sms) => Fault(sms) is { } fault ? new Reading.Malformed(fault) : new Reading.Accepted([sms], []);

    /// <summary>What is out of its bounds, or null.</summary>
    public static string? Fault(IncomingSms sms) => sms switch
    {
        { ProviderMessageId.Length: 0 or > LongestId } => "message id",
        { Account.Length: > LongestId } => "account",
        { Sender.Length: > LongestAddress } => "sender",
        { Recipient.Length: > LongestAddress } => "recipient",
        _ => null,
    };

    /// <summary>A place in a long message, or null where these are none: one octet each counts parts and numbers them.</summary>
    public static SmsPart? Part(string? reference, int? total, int? number) =>
        reference is { Length: > 0 and <= LongestReference } && total is >= 1 and <= 255 && number >= 1 && number <= total ? new(reference, total.Value, number.Value) : null;

    /// <summary>A binary message from its hex digits, or null where these are none.</summary>
    public static SmsBytes? Bytes(string? header, string? data, SmsCoding coding)
    {
        try
        {
            return data is null ? null : new(Convert.FromHexString(header ?? ""), Convert.FromHexString(data), coding);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public static int? Number(string? digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>An instant with its offset, which some providers write without a colon. Without any, it is nobody's hour, and null.</summary>
    public static DateTimeOffset? IsoTime(string? text) =>
        DateTimeOffset.TryParseExact(text, IsoTimes, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUniversalTime() : null;

    /// <summary>The text, or null when the bytes are none in this charset, or nobody knows the charset.</summary>
    public static string? Text(byte[] bytes, string? charset) => charset?.Trim('"').ToUpperInvariant() switch
    {
        null or "" or "UTF-8" or "US-ASCII" or "ASCII" => Decode(StrictUtf8, bytes),
        "ISO-8859-1" or "LATIN1" => Encoding.Latin1.GetString(bytes),
        "WINDOWS-1252" => Windows1252.GetString(bytes),
        "UTF-16BE" or "UTF-16" or "UCS-2" or "ISO-10646-UCS-2" => Decode(StrictUtf16BigEndian, bytes),
        "UTF-16LE" => Decode(StrictUtf16, bytes),
        _ => null,
    };

    public static string? CharsetOf(string? contentType) => MediaTypeHeaderValue.TryParse(contentType, out var type) ? type.CharSet : null;

    /// <summary>The document, or null when the body is none. A byte order mark says more than the header, as in every browser.</summary>
    public static JsonDocument? Json(byte[] body, string? contentType)
    {
        ReadOnlyMemory<byte>? utf8 = body switch
        {
            [0xEF, 0xBB, 0xBF, ..] => Decode(StrictUtf8, body) is null ? null : body.AsMemory(3),
            [0xFF, 0xFE, ..] => Transcoded(Decode(StrictUtf16, body[2..])),
            [0xFE, 0xFF, ..] => Transcoded(Decode(StrictUtf16BigEndian, body[2..])),
            [not 0, 0, ..] => Transcoded(Decode(StrictUtf16, body)),
            [0, not 0, ..] => Transcoded(Decode(StrictUtf16BigEndian, body)),
            // The bytes themselves where they can be kept: what is cut out of them is what was sent.
            _ when CharsetOf(contentType) is null or "utf-8" or "UTF-8" => Decode(StrictUtf8, body) is null ? null : body,
            _ => Transcoded(Text(body, CharsetOf(contentType))),
        };
        try
        {
            return utf8 is null ? null : JsonDocument.Parse(utf8.Value, StrictJson);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair in a name.
            return null;
        }
    }

    /// <summary>A member that is text; null where it is missing, something else, or half a surrogate pair, which no text can hold.</summary>
    public static string? Text(this JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// The same for a citizen's words: half a surrogate pair, as of an emoji that the end of a part cuts, stays in them, for the other half may stand in the next part.
    /// Of the words alone: no id is half a character.
    /// </summary>
    public static string? Words(this JsonElement element, string name) => element.Text(name)
        ?? (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? WithHalves(value.GetRawText()) : null);

    private static string WithHalves(string json)
    {
        var (text, at) = (new StringBuilder(), 1);
        foreach (var half in HalfPair().Matches(json).Where(match => match.Groups["half"].Success))
        {
            text.Append(JsonElement.Parse($"\"{json[at..half.Index]}\"").GetString()).Append((char)ushort.Parse(half.ValueSpan[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            at = half.Index + half.Length;
        }

        return text.Append(JsonElement.Parse($"\"{json[at..]}").GetString()).ToString();
    }

    // Whole pairs and other escapes are found first, so that their second halves are none.
    [GeneratedRegex(@"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\[^u]|(?<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HalfPair();

    public static int? Number(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var number) ? number : null;

    private static ReadOnlyMemory<byte>? Transcoded(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static string? Decode(Encoding encoding, byte[] bytes)
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
}
