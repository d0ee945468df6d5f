using System.Collections.Concurrent;
using System.Diagnostics;

namespace Testing;

/// <summary>Kannel's own fake SMSC client: the mobile network and its handsets. What it prints is the ledger of what they received.</summary>
public sealed class Handset : IDisposable
{
    private const string Received = ": <";
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>Connects, and receives.</summary>
    public Handset()
        : this("0", "0 0 text -")
    {
    }

    /// <summary>Connects, and sends one SMS from the citizen to the city.</summary>
    public Handset(string from, string to, string text)
        : this("1", $"{from} {to} text {text}")
    {
    }

    private Handset(string messages, string message)
    {
        _process = new Process
        {
            StartInfo = new("/usr/lib/kannel/test/fakesmsc")
            {
                ArgumentList = { "-H", "127.0.0.1", "-r", Servers.Setting("FAKESMSC_PORT"), "-i", "1", "-m", messages, message },
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

    /// <summary>Every SMS that arrived, repeats included.</summary>
    public IReadOnlyList<(string Number, string Text)> Ledger =>
    [
        .. from line in _lines
           let start = line.IndexOf(Received, StringComparison.Ordinal)
           where start > 0 && line.Contains("Got message", StringComparison.Ordinal)
           let parts = line[(start + Received.Length)..^1].Split(' ', 4)
           select (parts[1], parts[3]),
    ];

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
