using System.Data;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace ServiceDefaults.AppendOnly;

/// <summary>A kind of append-only row: how its commitments are computed anew from what is stored now.</summary>
/// <param name="Kind">At most 32 characters.</param>
/// <param name="Contents">
/// SQL: <c>id, commitment, salt, part1, part2 ...</c> in the order of <see cref="Commitment.Of"/>; parts are bytea, a null salt means "erased by law".
/// </param>
public sealed record SealedKind(string Kind, string Contents)
{
    /// <summary>From salt and parts; another one for rows that are committed to in a way of their own.</summary>
    public Func<byte[], byte[]?[], byte[]> CommitmentOf { get; init; } = (salt, parts) => Commitment.Of(salt, parts);
}

/// <summary>What a verification found.</summary>
/// <param name="Links">Links of the chain that hold, up to the first fault.</param>
/// <param name="FirstFault">The first broken link in words, or null: its number, the row that it seals, and what is wrong with one or the other.</param>
public sealed record SealVerdict(long Links, string? FirstFault);

/// <summary>Walks the chain from its first link and computes every commitment anew; names the first fault in the order of the chain.</summary>
public sealed class SealVerifier(NpgsqlDataSource database, IEnumerable<SealedKind> kinds)
{
    private sealed record Sealed(long Seq, byte[] Commitment);

    private sealed record Fault(long Seq, string What);

    public Task<SealVerdict> VerifyAsync(CancellationToken stop) => VerifyAsync([], stop);

    /// <param name="heads">Where others say that the chain ended once: it is that long still, and has those links.</param>
    /// <param name="stop">Between two rows.</param>
    public async Task<SealVerdict> VerifyAsync(IReadOnlyCollection<ChainHead> heads, CancellationToken stop)
    {
        var heard = heads.ToLookup(head => head.Seq);
        await using var connection = await database.OpenConnectionAsync(stop);
        // One look at everything: a row that is sealed between two statements would seem never to have been.
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);
        var commitments = new Dictionary<(string Kind, Guid Id), Sealed>();
        var faults = new List<Fault>();
        long links = 0;
        byte[] previous = new byte[32];
        await using (var command = new NpgsqlCommand("select seq, kind, entry_id, commitment, sealed_at, hash from seal order by seq", connection))
        await using (var reader = await command.ExecuteReaderAsync(stop))
        {
            while (faults.Count == 0 && await reader.ReadAsync(stop))
            {
                var link = new SealLink(
                    reader.GetInt64(0), reader.GetString(1), reader.GetGuid(2), reader.GetFieldValue<byte[]>(3), reader.GetFieldValue<DateTimeOffset>(4));
                var hash = reader.GetFieldValue<byte[]>(5);
                if (link.Seq != links + 1)
                    faults.Add(new(links + 1, $"link {links + 1} is missing, the next is link {link.Seq} ({link.Kind} {link.EntryId})"));
                else if (!link.HashAfter(previous).AsSpan().SequenceEqual(hash))
                    faults.Add(new(link.Seq, $"link {link.Seq} ({link.Kind} {link.EntryId}) does not follow from the one before it"));
                else if (heard[link.Seq].FirstOrDefault(head => !head.Hash.AsSpan().SequenceEqual(hash)) is { } other)
                    faults.Add(new(link.Seq, $"link {link.Seq} ({link.Kind} {link.EntryId}) is not the one that {other.Witness} has heard of: the chain was made anew from there or before"));
                commitments.Add((link.Kind, link.EntryId), new(link.Seq, link.Commitment));
                previous = hash;
                links++;
            }
        }

        if (faults.Count == 0 && heads.Where(head => head.Seq > links).MaxBy(head => head.Seq) is { } longer)
            faults.Add(new(links + 1, $"link {links + 1} is gone and all after it: {longer.Witness} has heard of link {longer.Seq}"));
        // Also where the chain has broken: what was altered before that comes first.
        foreach (var kind in kinds)
            faults.AddRange(await AlteredAsync(connection, kind, commitments, stop).ToListAsync(stop));
        // What no row has claimed.
        faults.AddRange(commitments.Select(gone => new Fault(gone.Value.Seq, $"link {gone.Value.Seq}: {gone.Key.Kind} {gone.Key.Id} is gone")));
        return faults.MinBy(fault => fault.Seq) is { } first ? new(Math.Min(first.Seq - 1, links), first.What) : new(links, null);
    }

    private static async IAsyncEnumerable<Fault> AlteredAsync(
        NpgsqlConnection connection, SealedKind kind, Dictionary<(string Kind, Guid Id), Sealed> commitments, [EnumeratorCancellation] CancellationToken stop)
    {
        // Rows that the sealer has not reached yet are no fault.
        await using var command = new NpgsqlCommand(
            $"select c.*, u.commitment from ({kind.Contents}) c left join unsealed u on u.kind = '{kind.Kind}' and u.entry_id = c.id", connection);
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            var id = reader.GetGuid(0);
            var stored = reader.GetFieldValue<byte[]>(1);
            var last = reader.FieldCount - 1;
            commitments.Remove((kind.Kind, id), out var link);
            var expected = link?.Commitment ?? (await reader.IsDBNullAsync(last, stop) ? null : reader.GetFieldValue<byte[]>(last));
            var where = link is null ? $"{kind.Kind} {id}" : $"link {link.Seq}: {kind.Kind} {id}";
            var seq = link?.Seq ?? long.MaxValue;
            if (expected is null)
                yield return new(seq, $"{where} was never sealed");
            else if (!stored.AsSpan().SequenceEqual(expected))
                yield return new(seq, $"{where} carries another commitment than its seal");
            else if (!await reader.IsDBNullAsync(2, stop) && !await HoldsAsync(reader, kind, stored, stop))
                yield return new(seq, $"{where} has been altered");
        }
    }

    private static async Task<bool> HoldsAsync(NpgsqlDataReader row, SealedKind kind, byte[] commitment, CancellationToken stop)
    {
        var parts = new byte[]?[row.FieldCount - 4];
        for (var part = 0; part < parts.Length; part++)
            parts[part] = await row.IsDBNullAsync(part + 3, stop) ? null : row.GetFieldValue<byte[]>(part + 3);
        return kind.CommitmentOf(row.GetFieldValue<byte[]>(2), parts).AsSpan().SequenceEqual(commitment);
    }
}

/// <summary>Registers sealing for a service.</summary>
public static class Sealing
{
    /// <summary>
    /// Runs the sealer and offers two verbs: <c>--verify-seals</c> ends with 1 and names the first fault if there is one, <c>--chain-heads</c> says where the chains of
    /// the others ended. What all services say, each line with its name before it, is the file <c>SEAL_HEADS</c> that the first one holds its chain against.
    /// </summary>
    /// <param name="builder">The service's host.</param>
    /// <param name="service">As the others know it.</param>
    /// <param name="kinds">What it seals.</param>
    public static void AddSealing(this IHostApplicationBuilder builder, string service, params ReadOnlySpan<SealedKind> kinds)
    {
        builder.Services.AddOptions<SealOptions>().BindConfiguration("Seals").Validate(seals => seals.HeadEvery > TimeSpan.Zero).ValidateOnStart();
        builder.Services.AddSingleton(new ChainOwner(service));
        builder.Services.AddHostedService<PublishChainHead>();
        foreach (var kind in kinds)
            builder.Services.AddSingleton(kind);
        builder.Services.AddHostedService<Sealer>();
        builder.Services.AddSingleton<SealVerifier>();
        builder.Services.AddVerb("--chain-heads", async (services, _, stop) =>
        {
            await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select service, seq, encode(hash, 'hex') from chain_head order by service, seq");
            await using var reader = await command.ExecuteReaderAsync(stop);
            while (await reader.ReadAsync(stop))
                await Console.Out.WriteLineAsync($"{reader.GetString(0)} {reader.GetInt64(1)} {reader.GetString(2)}");
            return 0;
        });
        builder.Services.AddVerb("--verify-seals", async (services, _, stop) =>
        {
            var file = services.GetRequiredService<IConfiguration>()["SEAL_HEADS"];
            var verdict = await services.GetRequiredService<SealVerifier>().VerifyAsync(file is null ? [] : await ChainHead.ReadAsync(file, service, stop), stop);
            await Console.Out.WriteLineAsync(verdict.FirstFault is null
                ? $"{verdict.Links} links hold"
                : $"{verdict.Links} links hold, then the first broken one: {verdict.FirstFault}");
            return verdict.FirstFault is null ? 0 : 1;
        });
    }
}
