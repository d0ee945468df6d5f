using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace ServiceDefaults.Messaging;

/// <summary>An event or command that waits to be handed to the broker.</summary>
public sealed class OutboxRow
{
    public long Seq { get; private set; }
    public Guid Id { get; private init; }
    public string Type { get; private init; } = "";
    public string Key { get; private init; } = "";
    public string Body { get; private init; } = "";
    public string ActedBy { get; private init; } = "";
    public DateTimeOffset OccurredAt { get; private init; }
    public string? TraceParent { get; private init; }
    /// <summary>The one queue that it is for; null for all that are bound to its type.</summary>
    public string? Destination { get; private init; }

    /// <summary>
    /// Rows of one <paramref name="key"/> (the aggregate) leave in the order in which they were written.
    /// <paramref name="actedBy"/> is an account, an application or <see cref="Outbox.System"/>.
    /// </summary>
    public static OutboxRow Of<TMessage>(string key, string actedBy, TMessage message, DateTimeOffset occurredAt, string? destination = null)
        where TMessage : class => new()
        {
            Id = Guid.CreateVersion7(),
            Type = typeof(TMessage).FullName!,
            Key = key,
            Body = JsonSerializer.Serialize(message, Outbox.Json),
            ActedBy = actedBy,
            OccurredAt = occurredAt,
            TraceParent = Activity.Current?.Id,
            Destination = destination,
        };
}

/// <summary>
/// State change and outgoing message are one transaction: <c>db.Publish(...)</c>, then one save. <see cref="OutboxRelay"/> does the rest.
/// </summary>
public static class Outbox
{
    /// <summary>The acting person of what the platform does by itself.</summary>
    public const string System = "system";

    internal static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <inheritdoc cref="OutboxRow.Of"/>
    public static void Publish<TMessage>(this DbContext db, object key, string actedBy, TMessage message)
        where TMessage : class =>
        db.Add(OutboxRow.Of(key.ToString()!, actedBy, message, db.GetService<TimeProvider>().GetUtcNow()));

    /// <summary>The same, for one queue alone; null: for all.</summary>
    public static void Send<TMessage>(this DbContext db, string? queue, object key, string actedBy, TMessage message)
        where TMessage : class =>
        db.Add(OutboxRow.Of(key.ToString()!, actedBy, message, db.GetService<TimeProvider>().GetUtcNow(), queue));
}

/// <summary>Lets whoever wrote to the outbox wake the relay of its own process; others find the row within a second.</summary>
public sealed class OutboxBell : IDisposable
{
    private readonly SemaphoreSlim _bell = new(0, 1);

    public void Ring()
    {
        try
        {
            _bell.Release();
        }
        catch (SemaphoreFullException)
        {
            // It rings already.
        }
    }

    public void Dispose() => _bell.Dispose();

    internal async Task WaitAsync(TimeSpan atMost, CancellationToken stop) => await _bell.WaitAsync(atMost, stop);
}

/// <summary>Rings after a save; inside a transaction that commits later, the relay's next look a second later finds the row at the latest.</summary>
public sealed class RingOutboxAfterSave(OutboxBell bell) : SaveChangesInterceptor, IDbTransactionInterceptor
{
    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context?.Database.CurrentTransaction is null)
            bell.Ring();
        return ValueTask.FromResult(result);
    }

    public Task TransactionCommittedAsync(
        global::System.Data.Common.DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        bell.Ring();
        return Task.CompletedTask;
    }
}

/// <summary>What operators see of the outbox.</summary>
public sealed class OutboxState(IMeterFactory meters)
{
    internal Counter<long> Relayed { get; } =
        meters.Create(Telemetry.Name).CreateCounter<long>("platform.outbox.relayed", "{message}", "Messages confirmed by the broker");
}
