using System.Diagnostics;
using System.Globalization;

namespace UnderFire.Tests;

/// <summary>The programs of the platform under test, by the name that its own supervisor gives them. Killed by process id, and nothing else is.</summary>
internal static class Supervised
{
    private static readonly string[] Services = ["directory", "inboundsms", "notification", "broadcast"];

    public static async Task<Process> FindAsync(string program) =>
        Process.GetProcessById(int.Parse(await ControlAsync("pid", program), CultureInfo.InvariantCulture));

    /// <summary>SIGKILL; the supervisor starts it again.</summary>
    public static async Task KillAsync(Process program)
    {
        program.Kill();
        await program.WaitForExitAsync();
        program.Dispose();
    }

    /// <summary>SIGKILL to the broker, a program that runs inside a script: to the whole group. The supervisor starts it again.</summary>
    public static async Task KillBrokerAsync() => await RunAsync("kill", "-KILL", "--", $"-{await ControlAsync("pid", "rabbitmq")}");

    public static Task StopAsync(string program) => ControlAsync("stop", program);

    public static Task StartAsync(string program) => ControlAsync("start", program);

    /// <summary>Holds Kannel's smsbox still: it takes calls and does not answer. Thaw it, whatever happens.</summary>
    public static Task FreezeSmsboxAsync() => SignalSmsboxAsync("-STOP");

    public static Task ThawSmsboxAsync() => SignalSmsboxAsync("-CONT");

    /// <summary>Every instance of every service answers that it is ready, and so does the broker.</summary>
    public static async Task AllReadyAsync()
    {
        var instances = Servers.Port("PLATFORM_INSTANCES");
        var addresses = from service in Services
                        from instance in Enumerable.Range(0, instances)
                        select $"http://127.0.0.1:{Servers.Port($"{service.ToUpperInvariant()}_PORT") + (10 * instance)}";
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        foreach (var address in addresses.Append(Servers.Setting("GATEWAY_URL")))
            await Eventually.TrueAsync(() => SucceedsAsync(() => client.GetAsync($"{address}/health/ready")), seconds: 120);
        using var broker = Servers.RabbitMqManagement();
        await Eventually.TrueAsync(() => SucceedsAsync(() => broker.GetAsync("health/checks/local-alarms")), seconds: 120);
    }

    /// <summary>It runs inside a shell.</summary>
    private static async Task SignalSmsboxAsync(string signal)
    {
        var shell = await ControlAsync("pid", "smsbox");
        await RunAsync("kill", signal, (await File.ReadAllTextAsync($"/proc/{shell}/task/{shell}/children")).Trim());
    }

    private static async Task<bool> SucceedsAsync(Func<Task<HttpResponseMessage>> call)
    {
        try
        {
            using var answer = await call();
            return answer.IsSuccessStatusCode;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private static Task<string> ControlAsync(string what, string program) =>
        RunAsync("supervisorctl", "-c", Path.Combine(Servers.Setting("PLATFORM_DATA"), "supervisor", "supervisord.conf"), what, program);

    private static async Task<string> RunAsync(string command, params string[] arguments)
    {
        using var run = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var said = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        run.ExitCode.ShouldBe(0, said);
        return said.Trim();
    }
}
