using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using Contracts.Directory;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServiceDefaults.Persistence;

namespace ServiceDefaults.SignIn;

/// <summary>The service's own copy of what Directory last said about keys and ended sessions; one row.</summary>
public sealed class SignInStateRow
{
    public short Id { get; init; } = 1;
    public DateTimeOffset At { get; set; }
    public string Keys { get; set; } = "[]";
    public string RevokedSessions { get; set; } = "[]";

    /// <summary>Writes the state unless a later one is there already.</summary>
    public static Task<int> StoreAsync(DbContext db, SignInStatePublished state, CancellationToken stop)
    {
        var keys = JsonSerializer.Serialize(state.Keys);
        var revoked = JsonSerializer.Serialize(state.RevokedSessions);
        return db.Database.ExecuteSqlAsync($"""
            insert into sign_in_state (id, at, keys, revoked_sessions) values (1, {state.At}, {keys}::jsonb, {revoked}::jsonb)
            on conflict (id) do update set at = excluded.at, keys = excluded.keys, revoked_sessions = excluded.revoked_sessions
            where sign_in_state.at < excluded.at
            """, stop);
    }
}

/// <summary>Stores what Directory publishes; the service goes on verifying tokens while Directory or the broker is away.</summary>
internal sealed class KeepSignInState(DbContext db) : IConsumer<SignInStatePublished>
{
    public Task Consume(ConsumeContext<SignInStatePublished> context) =>
        SignInStateRow.StoreAsync(db, context.Message, context.CancellationToken);
}

/// <summary>Keys and revocations as this process knows them, at most a second behind the service's database.</summary>
public sealed class SignInState(TimeProvider clock)
{
    /// <summary>A copy older than this may have missed a revocation: reading goes on, sensitive acts are refused.</summary>
    public static TimeSpan FreshFor { get; } = TimeSpan.FromMinutes(1);

    private sealed record Copy(DateTimeOffset At, FrozenDictionary<string, ECDsa> Keys, FrozenSet<Guid> RevokedSessions);

    private volatile Copy _copy = new(DateTimeOffset.MinValue, FrozenDictionary<string, ECDsa>.Empty, []);

    public bool IsFresh => clock.GetUtcNow() - _copy.At < FreshFor;

    /// <summary>The content of a valid token of a session that has not been revoked, or null.</summary>
    public AccessTokenContent? Verify(string token, bool alsoSettingUp = false) =>
        AccessTokens.Verify(token, _copy.Keys, clock.GetUtcNow(), alsoSettingUp) is { } content && !_copy.RevokedSessions.Contains(content.SessionId) ? content : null;

    internal void Replace(SignInStateRow row)
    {
        if (row.At <= _copy.At)
            return;
        // Old key objects are left to the collector: a request may be verifying with one of them at this moment.
        var keys = JsonSerializer.Deserialize<List<SigningKey>>(row.Keys)!;
        var revoked = JsonSerializer.Deserialize<List<Guid>>(row.RevokedSessions)!;
        _copy = new(row.At, keys.ToFrozenDictionary(key => key.KeyId, AccessTokens.PublicKey, StringComparer.Ordinal), revoked.ToFrozenSet());
    }
}

/// <summary>Brings the stored state into memory once a second: every instance has it, whichever of them consumed the event.</summary>
internal sealed partial class WatchSignInState(NpgsqlDataSource database, SignInState state, TimeProvider clock, ILogger<WatchSignInState> log)
    : BackgroundService
{
    /// <summary>Before the first request is answered: else whoever is signed in would be refused by an instance that has just started.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryReadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await TryReadAsync(stoppingToken);
    }

    private async Task TryReadAsync(CancellationToken stop)
    {
        try
        {
            await ReadAsync(stop);
        }
        catch (Exception fault) when (fault.IsInfrastructureFault())
        {
            // The copy in memory stays in use and grows old visibly: health and sensitive acts follow its age.
            NotRead(log, fault.GetType().Name);
        }
    }

    private async Task ReadAsync(CancellationToken stop)
    {
        await using var command = database.CreateCommand("select at, keys::text, revoked_sessions::text from sign_in_state");
        await using var reader = await command.ExecuteReaderAsync(stop);
        if (await reader.ReadAsync(stop))
        {
            state.Replace(new()
            {
                At = reader.GetFieldValue<DateTimeOffset>(0),
                Keys = reader.GetString(1),
                RevokedSessions = reader.GetString(2),
            });
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sign-in state not read: {Fault}")]
    private static partial void NotRead(ILogger log, string fault);
}
