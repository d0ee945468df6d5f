using System.Collections.Concurrent;
using System.Diagnostics;

namespace EndToEnd.Tests;

/// <summary>Kannel's own fake SMSC client: the mobile network with one citizen on it. What it prints is what handsets received.</summary>
public sealed class Handset : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>Connects, and sends one SMS from the citizen to the city.</summary>
    public Handset(string from, string to, string text)
    {
        _process = new Process
        {
            StartInfo = new("/usr/lib/kannel/test/fakesmsc")
            {
                ArgumentList = { "-H", "127.0.0.1", "-r", Servers.Setting("FAKESMSC_PORT"), "-i", "1", "-m", "1", $"{from} {to} text {text}" },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>How many lines of the network hold all the given words.</summary>
    public int Count(params string[] words) => _lines.Count(line => words.All(word => line.Contains(word, StringComparison.Ordinal)));

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _lines.Enqueue(line);
    }
}
