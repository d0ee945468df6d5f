using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace InboundSms.Publishing;

/// <summary>
/// A text as an eye reads it: digits of every script and shape (８, ⑧, ₈, 8️⃣) are digits, what is not seen is not there. Each character knows its place in the original.
/// </summary>
internal sealed class ReadText
{
    private readonly List<(int Start, int End)> _places;

    public string Text { get; private init; } = "";

    public static ReadText Of(string text)
    {
        var shown = new StringBuilder(text.Length);
        var places = new List<(int Start, int End)>(text.Length);
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var end = at + rune.Utf16SequenceLength;
            var start = shown.Length;
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark:
                    if (places.Count > 0)
                        places[^1] = (places[^1].Start, end);
                    break;
                case UnicodeCategory.DecimalDigitNumber or UnicodeCategory.OtherNumber when Rune.GetNumericValue(rune) is >= 0 and < 100 and var value && value == Math.Floor(value):
                    shown.Append((int)value);
                    break;
                default:
                    shown.Append(text, at, end - at);
                    break;
            }

            for (; start < shown.Length; start++)
                places.Add((at, end));
            at = end;
        }

        return new(places) { Text = shown.ToString() };
    }

    private ReadText(List<(int Start, int End)> places) => _places = places;

    /// <summary>Where in the original stands what was found in <see cref="Text"/>, as <see cref="Spans"/>.</summary>
    public int[] SpansOf(IEnumerable<Capture> found) =>
        Spans.Merge(found.Where(span => span.Length > 0).Select(span => (_places[span.Index].Start, _places[span.Index + span.Length - 1].End)));
}
