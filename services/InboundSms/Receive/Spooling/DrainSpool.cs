using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Npgsql;
using ServiceDefaults;

namespace InboundSms.Receive.Spooling;

/// <summary>
/// Moves the spool into the database once that answers again, file by file, oldest first, with the time of the receipt. A file is deleted when all of it is committed;
/// after a death in between it is read again, and what is there already is found by its key.
/// </summary>
internal sealed partial class DrainSpool(
    Spool spool, Intake intake, NpgsqlDataSource database, IMeterFactory meters, TimeProvider clock, ILogger<DrainSpool> log) : BackgroundService
{
    private const int AtOnce = 200;

    private readonly Counter<long> _setAside = meters.Create(Telemetry.Name)
        .CreateCounter<long>("platform.sms.spool.unreadable", "{record}", "Records of the spool that could not be read or stored, and were set aside");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (spool.Folder is not { } folder)
            return;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await DrainAsync(folder, stoppingToken);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException && !stoppingToken.IsCancellationRequested)
            {
                // What was not deleted is still there.
                Waiting(log, fault.GetType().Name);
            }
        }
    }

    private async Task DrainAsync(SpoolFolder folder, CancellationToken stop)
    {
        if (folder.Files is not { Count: > 0 } files)
            return;
        await using (var ask = database.CreateCommand("select 1"))
            await ask.ExecuteScalarAsync(stop);
        await spool.EndFileAsync(stop);
        foreach (var file in files)
        {
            using var taken = SpoolFolder.TryTake(file);
            if (taken is not null)
                await DrainAsync(folder, file, taken, stop);
        }
    }

    private async Task DrainAsync(SpoolFolder folder, FileInfo file, FileStream taken, CancellationToken stop)
    {
        var bytes = new byte[taken.Length];
        await taken.ReadExactlyAsync(bytes, stop);
        var records = SpoolRecord.Read(bytes).ToList();
        var aside = new List<ReadOnlyMemory<byte>>();
        foreach (var some in records.Chunk(AtOnce))
            aside.AddRange((await Task.WhenAll(some.Select(record => StoreAsync(record.Bytes, record.IsReadable, stop)))).OfType<ReadOnlyMemory<byte>>());
        if (aside.Count > 0)
        {
            folder.SetAsideOf(file, aside);
            _setAside.Add(aside.Count);
            SetAside(log, aside.Count, file.Name);
        }

        file.Delete();
        Drained(log, records.Count - aside.Count, file.Name);
    }

    /// <summary>Null when the message is in the database; its bytes when it can never be.</summary>
    private async Task<ReadOnlyMemory<byte>?> StoreAsync(ReadOnlyMemory<byte> bytes, bool isReadable, CancellationToken stop)
    {
        try
        {
            if (!isReadable || JsonSerializer.Deserialize<ReceivedSms>(bytes.Span) is not { } received)
                return bytes;
            _ = ActivityContext.TryParse(received.TraceParent, traceState: null, isRemote: true, out var parent);
            using var activity = Telemetry.Source.StartActivity("spooled sms", ActivityKind.Internal, parent);
            await intake.StoreAsync(received).WaitAsync(stop);
            return null;
        }
        catch (Exception fault) when (!stop.IsCancellationRequested && (fault is JsonException || Intake.IsOfTheMessage(fault)))
        {
            return bytes;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} messages of the spool are in the database (file {File})")]
    private static partial void Drained(ILogger log, int count, string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} records of the spool cannot be read or stored; they stand beside {File} under .unreadable")]
    private static partial void SetAside(ILogger log, int count, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The spool waits: {Fault}")]
    private static partial void Waiting(ILogger log, string fault);
}
