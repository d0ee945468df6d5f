using System.Text;
using System.Text.RegularExpressions;

namespace ServiceDefaults.Sms;

/// <summary>What kind of address an SMS came from.</summary>
public enum SenderKind
{
    /// <summary>A mobile number that an SMS can be sent to.</summary>
    Mobile,
    /// <summary>A fixed line: no SMS arrives there.</summary>
    FixedLine,
    /// <summary>3 to 6 digits, a machine.</summary>
    ShortCode,
    /// <summary>A name such as TELKOMSEL, a machine; cannot be answered.</summary>
    Alphanumeric,
    /// <summary>Empty, or nothing of the above.</summary>
    Unknown,
}

/// <summary>A telephone number as E.164 with its plus, or the sender as it was written where it is none.</summary>
/// <remarks>
/// Indonesian mobile numbers: 8, then 1-3 or 5-9, then 7 to 10 digits (libphonenumber's metadata). International prefixes 00x are dialled in Indonesia with
/// an operator's digit, 001, 007, 008, 009, 01017 and so on; plain 00 comes from SMS gateways. <c>007 62 812…</c> is thus no number of Russia: those, like North
/// America's, have eleven digits with their country's code, and a mobile number of ours behind such a prefix has twelve at least.
/// </remarks>
public readonly partial record struct PhoneNumber
{
    private PhoneNumber(string value, SenderKind kind) => (Value, Kind) = (value, kind);

    /// <summary>E.164 where <see cref="Kind"/> is Mobile or FixedLine, else the trimmed original.</summary>
    public string Value { get; }

    public SenderKind Kind { get; }

    /// <summary>An SMS sent here can arrive and be read by a person.</summary>
    public bool CanBeAnswered => Kind == SenderKind.Mobile;

    [GeneratedRegex(@"^8[1-35-9]\d{7,10}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IndonesianMobile();

    [GeneratedRegex(@"^[2-79]\d{6,10}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IndonesianFixedLine();

    [GeneratedRegex(@"^[1-9]\d{7,14}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex International();

    // A mobile number of ours behind the prefix of an operator. 008 and 009 could begin a fixed line of Chengdu or of Jordan: none writes to an Indonesian city.
    [GeneratedRegex(@"^0(?:0[1789]|17|101[67])(?<ours>620?8[1-35-9]\d{7,10})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DialledHome();

    // +1 and +7 have eleven digits; what is longer has been dialled by 001 or 007.
    [GeneratedRegex(@"^00[17](?<abroad>[1-9]\d{10,14})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DialledAbroad();

    /// <summary>Reads a sender or a number in any of its usual spellings; never fails.</summary>
    public static PhoneNumber Parse(string? written)
    {
        var original = (written ?? "").Trim();
        var compact = Compact(original);
        if (compact.Length == 0)
            return new(original, SenderKind.Unknown);
        if (compact.Any(char.IsAsciiLetter))
            return new(original, original.Equals("anonymous", StringComparison.OrdinalIgnoreCase) ? SenderKind.Unknown : SenderKind.Alphanumeric);

        var plus = compact[0] == '+';
        var digits = compact.TrimStart('+');
        if (digits.Length == 0 || !digits.All(char.IsAsciiDigit))
            return new(original, SenderKind.Unknown);
        if (!plus && digits.Length is >= 3 and <= 6)
            return new(original, SenderKind.ShortCode);
        if (!plus && DialledHome().Match(digits) is { Success: true } home)
            (plus, digits) = (true, home.Groups["ours"].Value);
        else if (!plus && DialledAbroad().Match(digits) is { Success: true } abroad)
            (plus, digits) = (true, abroad.Groups["abroad"].Value);
        else if (!plus && digits.StartsWith("00", StringComparison.Ordinal))
            (plus, digits) = (true, digits[2..]);

        return National(plus, digits) is { } national
            ? Indonesian(national, original)
            : plus && International().IsMatch(digits) && !digits.StartsWith("62", StringComparison.Ordinal)
                ? new("+" + digits, SenderKind.Mobile)
                : new(original, SenderKind.Unknown);
    }

    private static PhoneNumber Indonesian(string national, string original) =>
        IndonesianMobile().IsMatch(national) ? new("+62" + national, SenderKind.Mobile)
        : IndonesianFixedLine().IsMatch(national) ? new("+62" + national, SenderKind.FixedLine)
        : new(original, SenderKind.Unknown);

    /// <summary>The part behind +62, where the number is written as an Indonesian one.</summary>
    private static string? National(bool plus, string digits) => (plus, digits) switch
    {
        (_, ['6', '2', '0', .. var national]) => national,
        (_, ['6', '2', .. var national]) => national,
        (false, ['0', .. var national]) => national,
        (false, ['8', ..]) => digits,
        _ => null,
    };

    /// <summary>Without separators, marks of writing direction and the (0) of international spelling; full-width digits become plain ones.</summary>
    private static string Compact(string original)
    {
        var compact = new StringBuilder();
        // Code points that Unicode reserves cannot be normalised, and are no part of a number.
        var plain = original.Normalizable.Normalize(NormalizationForm.FormKC);
        foreach (var character in plain.Replace("(0)", "", StringComparison.Ordinal))
        {
            if (char.IsAsciiLetterOrDigit(character) || (character == '+' && compact.Length == 0))
                compact.Append(character);
            else if (char.IsLetter(character))
                compact.Append('x');
        }

        return compact.ToString();
    }

    /// <summary>For lists and public places: country and operator stay readable, the person does not. <c>+62812••••7890</c>.</summary>
    public string Masked => Mask(Value);

    /// <inheritdoc cref="Masked"/>
    public static string Mask(string number) => number.Length < 9 || number[0] != '+'
        ? number
        : string.Concat(number.AsSpan(0, 6), "••••", number.AsSpan(number.Length - 3));

    public override string ToString() => Masked;
}
