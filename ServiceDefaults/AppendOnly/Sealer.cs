using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServiceDefaults.Persistence;

namespace ServiceDefaults.AppendOnly;

/// <summary>One link of the chain: <c>hash = SHA-256(previous hash ‖ seq ‖ kind ‖ entry ‖ commitment ‖ sealed at)</c>.</summary>
public sealed record SealLink(long Seq, string Kind, Guid EntryId, byte[] Commitment, DateTimeOffset SealedAt)
{
    public byte[] HashAfter(ReadOnlySpan<byte> previous)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        hash.AppendData(previous);
        BinaryPrimitives.WriteInt64BigEndian(number, Seq);
        hash.AppendData(number);
        hash.AppendData(Encoding.UTF8.GetBytes(Kind.PadRight(32)));
        hash.AppendData(EntryId.ToByteArray(bigEndian: true));
        hash.AppendData(Commitment);
        // Microseconds: what PostgreSQL keeps of a time.
        BinaryPrimitives.WriteInt64BigEndian(number, SealedAt.ToUnixTimeMilliseconds() * 1000 + SealedAt.Microsecond);
        hash.AppendData(number);
        return hash.GetHashAndReset();
    }
}

/// <summary>
/// Appends what is unsealed to the hash chain, twice a second. One sealer at a time per database, whichever instance holds the lock; dying anywhere rolls the
/// batch back, and the next one seals it.
/// </summary>
internal sealed class Sealer(NpgsqlDataSource database, TimeProvider clock, ILogger<Sealer> log) : BackgroundService
{
    private const long SealerLock = 0x53_45_41_4C;
    private const int BatchSize = 2000;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(TimeSpan.FromMilliseconds(500), clock, log, async stop => await SealBatchAsync(stop) == BatchSize, stoppingToken);

    private async Task<int> SealBatchAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await using var takeLock = new NpgsqlCommand($"select pg_try_advisory_xact_lock({SealerLock})", connection);
        if (await takeLock.ExecuteScalarAsync(stop) is not true)
            return 0;

        var now = clock.GetUtcNow();
        // Whole microseconds, so that the hash is over what the database gives back.
        var sealedAt = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        var (lastSeq, previous) = await LastAsync(connection, stop);
        var links = await TakeAsync(connection, lastSeq, sealedAt, stop);
        if (links.Count == 0)
            return 0;

        var hashes = new List<byte[]>(links.Count);
        foreach (var link in links)
            hashes.Add(previous = link.HashAfter(previous));
        await using var append = new NpgsqlCommand("""
            insert into seal (seq, kind, entry_id, commitment, sealed_at, hash)
            select seq, kind, entry_id, commitment, $5, hash from unnest($1, $2, $3, $4, $6) as link (seq, kind, entry_id, commitment, hash)
            """, connection)
        {
            Parameters =
            {
                new() { Value = links.ConvertAll(link => link.Seq) },
                new() { Value = links.ConvertAll(link => link.Kind) },
                new() { Value = links.ConvertAll(link => link.EntryId) },
                new() { Value = links.ConvertAll(link => link.Commitment) },
                new() { Value = sealedAt },
                new() { Value = hashes },
            },
        };
        await append.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(stop);
        return links.Count;
    }

    private static async Task<(long Seq, byte[] Hash)> LastAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("select seq, hash from seal order by seq desc limit 1", connection);
        await using var reader = await command.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop) ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : (0, new byte[32]);
    }

    private static async Task<List<SealLink>> TakeAsync(NpgsqlConnection connection, long lastSeq, DateTimeOffset sealedAt, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("""
            with taken as (
              delete from unsealed where seq in (select seq from unsealed order by seq limit $1) returning seq, kind, entry_id, commitment)
            select kind, entry_id, commitment from taken order by seq
            """, connection)
        {
            Parameters = { new() { Value = BatchSize } },
        };
        await using var reader = await command.ExecuteReaderAsync(stop);
        var links = new List<SealLink>();
        while (await reader.ReadAsync(stop))
            links.Add(new(++lastSeq, reader.GetString(0), reader.GetGuid(1), reader.GetFieldValue<byte[]>(2), sealedAt));
        return links;
    }
}
