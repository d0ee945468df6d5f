using System.Globalization;

namespace Performance;

/// <summary>A line of the table: a figure, and what it is measured beside in the same run.</summary>
internal sealed record Row(string What, string Value, string Beside = "", string Ratio = "")
{
    public static string Number(double value) => value.ToString(value < 10 ? "0.00" : "#,0", CultureInfo.InvariantCulture);

    public static string Milliseconds(TimeSpan time) => $"{Number(time.TotalMilliseconds)} ms";

    /// <summary>p50, p95 and a higher one in milliseconds; 1 is the longest.</summary>
    public static string Percentiles(IReadOnlyCollection<TimeSpan> times, double highest = 0.99) =>
        string.Join(" / ", new[] { 0.50, 0.95, highest }.Select(part => Number(Percentile(times, part).TotalMilliseconds))) + " ms";

    public static TimeSpan Percentile(IReadOnlyCollection<TimeSpan> times, double part) => times.Order().ElementAt((int)((times.Count - 1) * part));
}
