using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace InboundSms.Receive.Spooling;

/// <summary>
/// Takes messages that the database did not: appended to a file of this instance's own, and on the disk before the provider hears 2xx.
/// </summary>
internal sealed partial class Spool : IDisposable
{
    private const int LargestFile = 16 * 1024 * 1024;

    private readonly long _limit;
    private readonly ILogger<Spool> _log;
    private readonly Counter<long> _spooled;
    private readonly ConcurrentQueue<Waiting> _queue = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private FileStream? _file;

    private sealed record Waiting(ReadOnlyMemory<byte> Record)
    {
        public bool? IsDurable { get; set; }
    }

    public Spool(IOptions<ReceivingOptions> options, TimeProvider clock, IMeterFactory meters, ILogger<Spool> log)
    {
        (_limit, _log) = (options.Value.SpoolLimit, log);
        var meter = meters.Create(Telemetry.Name);
        _spooled = meter.CreateCounter<long>("platform.sms.spooled", "{sms}", "Messages that the database did not take in time");
        if (options.Value.SpoolFolder is not { Length: > 0 } path)
            return;
        Folder = new(Path.GetFullPath(path), clock);
        meter.CreateObservableGauge("platform.sms.spool.size", () => Folder.Waiting.Bytes, "By", "What waits in the spool");
        meter.CreateObservableGauge("platform.sms.spool.age", () => Folder.Waiting.Since is { } since ? (clock.GetUtcNow() - since).TotalSeconds : 0, "s", "How long it waits");
        try
        {
            Folder.Prepare();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The service does its job without as long as the database is there; health says that the spool is not.
            Failed(log, fault.GetType().Name);
        }
    }

    /// <summary>Null: no spool is configured.</summary>
    public SpoolFolder? Folder { get; }

    /// <summary>True when the message is on the disk; false when it cannot be: the spool is full, or the disk is.</summary>
    public async Task<bool> TryAppendAsync(ReceivedSms sms)
    {
        var waiting = new Waiting(SpoolRecord.Of(JsonSerializer.SerializeToUtf8Bytes(sms)));
        _queue.Enqueue(waiting);
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            // Whose turn it is writes for all that wait behind it, with one flush; their turns find it done.
            if (waiting.IsDurable is null)
                WriteAll();
        }
        finally
        {
            _turn.Release();
        }

        return waiting.IsDurable is true;
    }

    /// <summary>Ends the file that this instance writes to, so that it can be drained; the next message begins another.</summary>
    public async Task EndFileAsync(CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        EndFile();
        _turn.Release();
    }

    public void Dispose()
    {
        EndFile();
        _turn.Dispose();
    }

    private void WriteAll()
    {
        var batch = new List<Waiting>();
        while (_queue.TryDequeue(out var waiting))
            batch.Add(waiting);
        var isDurable = TryWrite(batch.ConvertAll(waiting => waiting.Record));
        foreach (var waiting in batch)
            waiting.IsDurable = isDurable;
        if (isDurable)
            _spooled.Add(batch.Count);
    }

    private bool TryWrite(List<ReadOnlyMemory<byte>> records)
    {
        try
        {
            if (Folder!.Waiting.Bytes >= _limit)
            {
                Full(_log, _limit);
                return false;
            }

            if (_file is not null && RandomAccess.GetLength(_file.SafeFileHandle) >= LargestFile)
                EndFile();
            _file ??= Folder.Create();
            RandomAccess.Write(_file.SafeFileHandle, records, RandomAccess.GetLength(_file.SafeFileHandle));
            RandomAccess.FlushToDisk(_file.SafeFileHandle);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // After a failed flush nobody knows what of the file is on the disk: no further record goes into it. What it holds is drained; a repeat finds it.
            EndFile();
            Failed(_log, fault.GetType().Name);
            return false;
        }
    }

    private void EndFile()
    {
        _file?.Dispose();
        _file = null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The spool holds its limit of {Bytes} bytes; providers are asked to repeat")]
    private static partial void Full(ILogger log, long bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "The spool cannot be written: {Fault}")]
    private static partial void Failed(ILogger log, string fault);
}
