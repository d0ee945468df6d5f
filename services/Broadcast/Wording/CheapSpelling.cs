using System.Globalization;
using System.Text;
using ServiceDefaults.Sms;

namespace Broadcast.Wording;

/// <summary>
/// Characters that make an SMS longer than it looks: one outside the GSM alphabet halves what fits, one of its extension takes two places. Another spelling is proposed
/// and never put in by itself: Jum’at is 3 SMS where Jum'at is 1, and the author decides.
/// </summary>
internal static class CheapSpelling
{
    // Written by their numbers: they look like what they stand for. Quotation marks, apostrophes, dashes, blanks that word processors put in.
    private static readonly Dictionary<string, string> Known = new (string Cheap, string Characters)[]
    {
        ("'", "\u2018\u2019\u201A\u201B\u02BC\u2032`\u00B4"),
        ("\"", "\u201C\u201D\u201E\u00AB\u00BB\u2033"),
        ("-", "\u2010\u2011\u2012\u2013\u2014\u2212\u2022\u00B7~"),
        ("...", "\u2026"),
        (" ", "\u00A0\u2007\u2009\u202F"),
        ("", "\u200B\u200C\u200D\uFEFF\u00AD^"),
        ("(", "["),
        (")", "]"),
        ("/", "|\\"),
        ("x", "\u00D7"),
        ("1/2", "\u00BD"),
        ("1/4", "\u00BC"),
        ("2", "\u00B2"),
        ("3", "\u00B3"),
        (" derajat", "\u00B0"),
        ("(c)", "\u00A9"),
        ("(r)", "\u00AE"),
        ("(tm)", "\u2122"),
    }.SelectMany(known => known.Characters.Select(character => (Character: character.ToString(), known.Cheap)))
        .ToDictionary(known => known.Character, known => known.Cheap, StringComparer.Ordinal);

    /// <param name="Character">As it stands in the text.</param>
    /// <param name="Count">How often.</param>
    /// <param name="IsOutsideGsm">Because of it the whole text travels as UCS-2; else it counts as two.</param>
    /// <param name="Proposal">What could stand there; null where a person has to think of something.</param>
    internal sealed record Expensive(string Character, int Count, bool IsOutsideGsm, string? Proposal);

    /// <summary>The first 20 such characters, in the order of the text.</summary>
    public static IReadOnlyList<Expensive> Find(string text) => [.. text.EnumerateRunes().Select(rune => rune.ToString()).GroupBy(character => character, StringComparer.Ordinal)
        .Select(found => (Character: found.Key, Count: found.Count(), Alone: SmsText.Measure(found.Key))).Where(found => !found.Alone.IsGsm || found.Alone.Units > 1)
        .Where(found => found.Character is not ("{" or "}"))
        .Select(found => new Expensive(found.Character, found.Count, !found.Alone.IsGsm, ProposalFor(found.Character))).Take(20)];

    /// <summary>The text with every proposal in it.</summary>
    public static string Of(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => rune.ToString()).Select(character => SmsText.Measure(character).IsGsm && !Known.ContainsKey(character) ? character : ProposalFor(character) ?? character));

    private static string? ProposalFor(string character)
    {
        if (Known.TryGetValue(character, out var known))
            return known;
        // A letter without its marks: ā is a. Half pairs do not decompose.
        if (!character.IsNormalizable)
            return null;
        var bare = string.Concat(character.Normalize(NormalizationForm.FormKD).Where(part => char.GetUnicodeCategory(part) != UnicodeCategory.NonSpacingMark));
        return bare.Length > 0 && bare != character && SmsText.Measure(bare).IsGsm ? bare : null;
    }
}
