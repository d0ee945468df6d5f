using System.Globalization;
using Testing;

namespace Performance;

/// <summary>
/// A platform on ports and in a folder of its own. Its start is measured twice: from nothing (binaries to be built, databases to be made) and with everything there.
/// </summary>
internal sealed class OwnPlatform : IAsyncDisposable
{
    private const string Folder = "/var/lib/platform-performance";

    private static readonly string[] Own = [$"PLATFORM_DATA={Folder}", "PLATFORM_PORT_BASE=24000", "PLATFORM_INSTANCES=1"];

    private readonly bool _isOwn;

    private OwnPlatform(IReadOnlyList<Row> started, bool isOwn) => (Started, _isOwn) = (started, isOwn);

    /// <summary>How long it took; empty where the platform ran already.</summary>
    public IReadOnlyList<Row> Started { get; }

    public static async Task<OwnPlatform> StartUnlessGivenAsync()
    {
        if (Environment.GetEnvironmentVariable("PLATFORM_ENV") is { Length: > 0 })
            return new([], isOwn: false);
        await DeployAsync("down", "--purge");
        var cold = await TimedAsync();
        await DeployAsync("down");
        var warm = await TimedAsync();
        Environment.SetEnvironmentVariable("PLATFORM_ENV", $"{Folder}/platform.env");
        return new(
            [new("start of the whole platform, from nothing", InSeconds(cold), "built, databases made, city loaded"), new("… again, after a stop", InSeconds(warm), "from the first program to the last one healthy")],
            isOwn: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isOwn)
            await DeployAsync("down", "--purge");
    }

    private static async Task<TimeSpan> TimedAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        await DeployAsync("up");
        return TimeProvider.System.GetElapsedTime(start);
    }

    private static async Task DeployAsync(string script, params string[] arguments) =>
        await Programs.RunAsync("env", [.. Own, Path.Combine(Repository.Root, "deploy", script), .. arguments]);

    private static string InSeconds(TimeSpan time) => time.TotalSeconds.ToString("0 's'", CultureInfo.InvariantCulture);
}
