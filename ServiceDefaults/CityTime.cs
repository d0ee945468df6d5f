using Microsoft.Extensions.Options;

namespace ServiceDefaults;

/// <summary>Section <c>City</c>.</summary>
public sealed record CityOptions
{
    /// <summary>Where a rule says hour, day, month or year. IANA name.</summary>
    public string TimeZone { get; init; } = "Asia/Jakarta";
}

/// <summary>The city's clock on the wall; storage is always UTC.</summary>
public sealed class CityTime(IOptions<CityOptions> options)
{
    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(options.Value.TimeZone);
}
