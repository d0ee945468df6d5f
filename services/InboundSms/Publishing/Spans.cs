using System.ComponentModel.DataAnnotations;

namespace InboundSms.Publishing;

/// <summary>A stretch of a text that a person hides or uncovers.</summary>
/// <param name="Start">Its first UTF-16 unit.</param>
/// <param name="Length">In UTF-16 units.</param>
public sealed record TextSpan([Range(0, 100_000)] int Start, [Range(1, 100_000)] int Length);

/// <summary>Spans as they are stored: start and length, one after the other, in order and apart from each other.</summary>
internal static class Spans
{
    /// <summary>In one request.</summary>
    public const int Most = 100;

    /// <summary>Null if one lies outside the text or cuts a character in two.</summary>
    public static int[]? In(string text, IReadOnlyList<TextSpan> spans)
    {
        bool Cuts(int at) => at > 0 && at < text.Length && char.IsSurrogatePair(text[at - 1], text[at]);
        return spans.Any(span => span.Start + span.Length > text.Length || Cuts(span.Start) || Cuts(span.Start + span.Length))
            ? null
            : Merge(spans.Select(span => (span.Start, span.Start + span.Length)));
    }

    public static int[] Merge(IEnumerable<(int Start, int End)> spans)
    {
        var merged = new List<int>();
        var end = -1;
        foreach (var span in spans.Order())
        {
            if (span.Start < end)
                merged[^1] = Math.Max(end, span.End) - merged[^2];
            else
                merged.AddRange([span.Start, span.End - span.Start]);
            end = Math.Max(end, span.End);
        }

        return [.. merged];
    }

    public static int[] Union(int[] some, int[] others) => Merge(Each(some).Concat(Each(others)));

    /// <summary>What is left of spans when others are taken out.</summary>
    public static int[] Except(int[] spans, int[] others) => Merge(Each(others).Aggregate(Each(spans), (rest, gone) => rest
        .SelectMany(piece => new[] { (piece.Start, End: Math.Min(piece.End, gone.Start)), (Start: Math.Max(piece.Start, gone.End), piece.End) })
        .Where(piece => piece.Start < piece.End)));

    public static IEnumerable<(int Start, int End)> Each(int[] spans)
    {
        for (var i = 0; i < spans.Length; i += 2)
            yield return (spans[i], spans[i] + spans[i + 1]);
    }

    public static IReadOnlyList<TextSpan> ToList(int[] spans) => [.. Each(spans).Select(span => new TextSpan(span.Start, span.End - span.Start))];
}
