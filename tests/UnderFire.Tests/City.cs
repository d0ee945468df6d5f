using System.Globalization;
using System.Security.Cryptography;

// They kill what the others use, and count all that comes.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace UnderFire.Tests;

/// <summary>
/// What these tests have for themselves in the running platform: an office with two officials who may answer the same messages, a third official and a position that
/// the Administrator keeps changing, and a mobile network that keeps a ledger.
/// </summary>
public sealed class City : IAsyncLifetime
{
    private readonly Handset _handsets = new();
    private readonly int _firstNumber = RandomNumberGenerator.GetInt32(10_000_000, 80_000_000);
    private int _citizens;

    /// <summary>How many messages; 10,000 is what the platform is held to, less is for every day.</summary>
    public static int Messages { get; } = int.Parse(Environment.GetEnvironmentVariable("UNDER_FIRE_MESSAGES") ?? "600", CultureInfo.InvariantCulture);

    public static bool IsFullSize => Messages >= 10_000;

    public string Run { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(4));
    public string Keyword => $"API{Run}";
    public string ChangingKeyword => $"GANTI{Run}";
    public Provider Provider { get; } = new();
    public Officials Officials { get; private set; } = null!;
    public Administrator Administrator { get; } = new();
    public Invariants Invariants { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Servers.Port("PLATFORM_INSTANCES").ShouldBeGreaterThan(1, "Each service needs two instances: PLATFORM_INSTANCES=2.");
        await Administrator.CreateUnitAsync(Run);
        await Administrator.CreatePositionAsync($"{Run}-1", Run, Keyword);
        await Administrator.CreatePositionAsync($"{Run}-2", Run);
        await Administrator.CreatePositionAsync($"{Run}-3", Run, ChangingKeyword);
        Officials = new(await NewOfficialAsync($"{Run}-1"), await NewOfficialAsync($"{Run}-2"), Keyword);
        await Administrator.HireAsync($"{Run}-3", $"{Run}-3");
        await Invariants.CopiesAgreeAsync();
        Invariants = new(_handsets, TimeProvider.System.GetUtcNow());
    }

    /// <summary>A mobile number that nobody had before.</summary>
    public string NewCitizen() => $"+62813{(_firstNumber + Interlocked.Increment(ref _citizens)).ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Handovers that a test may have left in doubt.</summary>
    public int MostUncertain { get; set; }

    public Task HoldsAsync() => Invariants.HoldAsync(new()
    {
        Messages = Provider.Acknowledged,
        Answers = Officials.Given,
        Versions = Administrator.Versions,
        MostUncertain = MostUncertain,
    });

    public ValueTask DisposeAsync()
    {
        Officials?.Dispose();
        Administrator.Dispose();
        Provider.Dispose();
        Invariants?.Dispose();
        _handsets.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Person> NewOfficialAsync(string code)
    {
        var (given, password) = (Guid.CreateVersion7().ToString(), Guid.CreateVersion7().ToString());
        await Administrator.HireAsync(code, code);
        await Administrator.CreateAccountAsync(code, given);
        await Login.ChangePasswordAsync(code, given, password);
        return new(new Login(code, password));
    }
}
