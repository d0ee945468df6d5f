using System.Globalization;

namespace Testing;

/// <summary>Chance that can be repeated: a failure names its seed, and <c>TEST_SEED</c> sets it.</summary>
public static class Seed
{
    public static int Next() => int.TryParse(Environment.GetEnvironmentVariable("TEST_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var seed) ? seed : Random.Shared.Next();
}
