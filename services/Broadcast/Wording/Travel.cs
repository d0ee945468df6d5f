using ServiceDefaults.Sms;

namespace Broadcast.Wording;

/// <summary>How a text travels, in how many SMS to one recipient, and what would make it fewer.</summary>
/// <param name="IsGsm">False: UCS-2 for at least one recipient, in which half as much fits.</param>
/// <param name="SegmentsMin">SMS that are charged for one recipient, by the shortest name.</param>
/// <param name="SegmentsMax">The same by the longest; 6 at most.</param>
/// <param name="CostMin">In rupiah for one recipient; null where the price is not set.</param>
/// <param name="CostMax">The same.</param>
/// <param name="Expensive">Characters that make it longer than it looks.</param>
/// <param name="Cheaper">The same text with the proposed spellings, where that saves SMS.</param>
internal sealed record Travel(
    bool IsGsm, int SegmentsMin, int SegmentsMax, decimal? CostMin, decimal? CostMax, IReadOnlyList<CheapSpelling.Expensive> Expensive, Travel.Proposal? Cheaper)
{
    public const int MostSegments = 6;

    internal sealed record Proposal(string Text, int SegmentsMin, int SegmentsMax, decimal? CostMin, decimal? CostMax);

    public static Travel Of(string text, IReadOnlyList<Samples.Sample> samples, decimal? price)
    {
        var measured = Measure(text, samples);
        var (least, most) = (measured.Min(m => m.Segments), measured.Max(m => m.Segments));
        var cheap = CheapSpelling.Of(text);
        var spared = Measure(cheap, samples);
        var (leastSpared, mostSpared) = (spared.Min(m => m.Segments), spared.Max(m => m.Segments));
        return new(measured.TrueForAll(m => m.IsGsm), least, most, least * price, most * price, CheapSpelling.Find(text),
            mostSpared < most || leastSpared < least ? new(cheap, leastSpared, mostSpared, leastSpared * price, mostSpared * price) : null);
    }

    private static List<SmsText> Measure(string text, IReadOnlyList<Samples.Sample> samples) =>
        [.. samples.Select(sample => SmsText.Measure(PlaceholderText.Render(text, sample.Name, sample.Title, sample.Unit)))];
}
