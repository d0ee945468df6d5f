using System.Globalization;

namespace Performance;

/// <summary>A line of the table: a figure, and what it is measured beside in the same run.</summary>
internal sealed record Row(string What, string Value, string Beside = "", string Ratio = "")
{
    public static string Number(double value) => value.ToString(value < 10 ? "0.00" : "#,0", CultureInfo.InvariantCulture);

    public static string Milliseconds(TimeSpan time) => $"{Number(time.TotalMilliseconds)} ms";

    /// <summary>p50, p95 and p99 in milliseconds.</summary>
    public static string Percentiles(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return string.Join(" / ", new[] { 0.50, 0.95, 0.99 }.Select(part => Number(sorted[(int)((sorted.Count - 1) * part)].TotalMilliseconds))) + " ms";
    }
}
