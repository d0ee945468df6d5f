using System.Text.RegularExpressions;

namespace Broadcast.Wording;

/// <summary>
/// A text with places for what differs between its recipients: <c>{nama}</c>, <c>{jabatan}</c>, <c>{unit}</c>. A value is put in once and not read again, so that braces
/// in a name are only braces. The fourth, <see cref="Code"/>, is the same for all of them.
/// </summary>
internal static partial class PlaceholderText
{
    public const string Name = "nama";
    public const string Title = "jabatan";
    public const string Unit = "unit";

    /// <summary>Stands for what an answer by SMS begins with; put in when the text is worded, so that what is examined is what is sent.</summary>
    public const string Code = "{kode}";

    /// <summary>For whom nothing can be named: a phone that several people share shows no name, and who is in as a person has no post.</summary>
    private const string Neutral = "Bapak/Ibu";

    [GeneratedRegex(@"\{(?<name>[^{}]*)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();

    /// <summary>Nothing in it differs between recipients.</summary>
    public static bool IsPlain(string text) => !Placeholder().IsMatch(text);

    /// <summary>The first brace or name that is no placeholder of ours, as it is written; null when there is none.</summary>
    public static string? FirstUnknown(string text)
    {
        var unknown = Placeholder().Matches(text).FirstOrDefault(found => found.Groups["name"].Value is not (Name or Title or Unit) && found.Value != Code)?.Value;
        if (unknown is not null)
            return unknown;
        var rest = Placeholder().Replace(text, "");
        return rest.IndexOfAny(['{', '}']) is >= 0 and var at ? rest[at].ToString() : null;
    }

    public static string WithCode(string text, string code) => text.Replace(Code, code, StringComparison.Ordinal);

    /// <summary>As one recipient reads it. Without a name it is the form for a phone that several people share.</summary>
    /// <param name="text">With placeholders.</param>
    /// <param name="name">Of the official; null: neutral.</param>
    /// <param name="title">Of the post by which he is in.</param>
    /// <param name="unit">Its unit's code.</param>
    public static string Render(string text, string? name, string? title, string? unit) => Placeholder().Replace(text, found => found.Groups["name"].Value switch
    {
        Name => name ?? Neutral,
        Title => title ?? name ?? Neutral,
        Unit => unit ?? "",
        _ => found.Value,
    });
}
