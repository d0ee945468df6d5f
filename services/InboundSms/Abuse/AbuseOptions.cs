namespace InboundSms.Abuse;

/// <summary>Section <c>Abuse</c>.</summary>
public sealed record AbuseOptions
{
    /// <summary>What one number writes beyond this within <see cref="FloodWindow"/> opens no cases of its own.</summary>
    public int FloodAfter { get; init; } = 10;

    public TimeSpan FloodWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Silence after which a number can have been given to somebody else: operators take back a prepaid number that is not topped up after about three months, and sell
    /// it again.
    /// </summary>
    public TimeSpan NumberRests { get; init; } = TimeSpan.FromDays(90);
}
