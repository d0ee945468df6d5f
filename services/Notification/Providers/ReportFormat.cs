using System.Globalization;
using System.Text.RegularExpressions;
using ServiceDefaults.Webhooks;

namespace Notification.Providers;

/// <summary>A call of the status door as it came: nothing of it has been interpreted.</summary>
internal sealed record ReportCall(IHeaderDictionary Headers, IQueryCollection Query, string QueryString, byte[] Body);

/// <summary>What a provider's format says of a call.</summary>
internal abstract record ReportReading
{
    /// <param name="Reports">One, or the batch of a provider that sends several at once.</param>
    public sealed record Genuine(IReadOnlyList<ProviderReport> Reports) : ReportReading;

    /// <summary>Not proved to come from the provider.</summary>
    public sealed record Unauthentic : ReportReading;

    /// <summary>Authentic, but no report of this contract.</summary>
    public sealed record Malformed(string Field) : ReportReading;
}

/// <summary>Proves and reads the delivery reports of one provider type.</summary>
internal interface IReportFormat
{
    ProviderType Type { get; }

    /// <summary>Media type and body of the answer that this provider takes for "understood".</summary>
    (string MediaType, string Body) Answer { get; }

    ReportReading Read(ChannelOptions channel, ReportCall call, DateTimeOffset now);
}

/// <summary>Bounds that hold for the reports of every provider.</summary>
internal static partial class ReportFields
{
    [GeneratedRegex(@"\A[A-Za-z0-9._:-]{1,64}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    /// <summary>An id or code of a provider; everything else is garbage.</summary>
    public static bool IsName(string? text) => text is not null && Name().IsMatch(text);

    public static DateTimeOffset? UnixTime(string? seconds) =>
        long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(value)
            : null;
}
