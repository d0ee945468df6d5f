using System.Diagnostics;

namespace Testing;

/// <summary>SIGKILL: nothing of the process is tidied up.</summary>
public static class Kill
{
    public static async Task KillAsync(this Process process)
    {
        if (process.HasExited)
            throw new InvalidOperationException($"It had ended by itself, with {process.ExitCode}.");
        process.Kill();
        await process.WaitForExitAsync();
    }
}
