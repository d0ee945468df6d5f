using System.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace ServiceDefaults.AppendOnly;

/// <summary>A kind of append-only row: how its commitments are computed anew from what is stored now.</summary>
/// <param name="Kind">At most 32 characters.</param>
/// <param name="Contents">
/// SQL: <c>id, commitment, salt, part1, part2 ...</c> in the order of <see cref="Commitment.Of"/>; parts are bytea, a null salt means "erased by law".
/// </param>
public sealed record SealedKind(string Kind, string Contents);

/// <summary>What a verification found.</summary>
/// <param name="Links">Links of the chain that hold.</param>
/// <param name="FirstFault">The first broken link or altered row in words, or null.</param>
public sealed record SealVerdict(long Links, string? FirstFault);

/// <summary>Walks the chain from its first link and computes every commitment anew; names the first fault.</summary>
public sealed class SealVerifier(NpgsqlDataSource database, IEnumerable<SealedKind> kinds)
{
    public async Task<SealVerdict> VerifyAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        // One look at everything: a row that is sealed between two statements would seem never to have been.
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);
        var commitments = new Dictionary<(string Kind, Guid Id), byte[]>();
        long links = 0;
        byte[] previous = new byte[32];
        await using (var command = new NpgsqlCommand("select seq, kind, entry_id, commitment, sealed_at, hash from seal order by seq", connection))
        await using (var reader = await command.ExecuteReaderAsync(stop))
        {
            while (await reader.ReadAsync(stop))
            {
                var link = new SealLink(
                    reader.GetInt64(0), reader.GetString(1), reader.GetGuid(2), reader.GetFieldValue<byte[]>(3), reader.GetFieldValue<DateTimeOffset>(4));
                var hash = reader.GetFieldValue<byte[]>(5);
                if (link.Seq != links + 1)
                    return new(links, $"link {links + 1} is missing");
                if (!link.HashAfter(previous).AsSpan().SequenceEqual(hash))
                    return new(links, $"link {link.Seq} ({link.Kind} {link.EntryId}) does not follow from the one before it");
                commitments.Add((link.Kind, link.EntryId), link.Commitment);
                previous = hash;
                links++;
            }
        }

        foreach (var kind in kinds)
        {
            if (await FirstAlteredAsync(connection, kind, commitments, stop) is { } fault)
                return new(links, fault);
        }

        return commitments.Count == 0
            ? new(links, null)
            : new(links, $"{commitments.Count} sealed rows are gone, among them {commitments.Keys.First()}");
    }

    private static async Task<string?> FirstAlteredAsync(
        NpgsqlConnection connection, SealedKind kind, Dictionary<(string Kind, Guid Id), byte[]> commitments, CancellationToken stop)
    {
        // Rows that the sealer has not reached yet are no fault.
        await using var command = new NpgsqlCommand(
            $"select c.*, u.commitment from ({kind.Contents}) c left join unsealed u on u.kind = '{kind.Kind}' and u.entry_id = c.id order by c.id", connection);
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            var id = reader.GetGuid(0);
            var stored = reader.GetFieldValue<byte[]>(1);
            var last = reader.FieldCount - 1;
            var expected = commitments.Remove((kind.Kind, id), out var sealedAs) ? sealedAs
                : await reader.IsDBNullAsync(last, stop) ? null : reader.GetFieldValue<byte[]>(last);
            if (expected is null)
                return $"{kind.Kind} {id} was never sealed";
            if (!stored.AsSpan().SequenceEqual(expected))
                return $"{kind.Kind} {id} carries another commitment than its seal";
            if (await reader.IsDBNullAsync(2, stop))
                continue;

            var parts = new byte[]?[last - 3];
            for (var part = 0; part < parts.Length; part++)
                parts[part] = await reader.IsDBNullAsync(part + 3, stop) ? null : reader.GetFieldValue<byte[]>(part + 3);
            if (!Commitment.Of(reader.GetFieldValue<byte[]>(2), parts).AsSpan().SequenceEqual(stored))
                return $"{kind.Kind} {id} has been altered";
        }

        return null;
    }
}

/// <summary>Registers sealing for a service.</summary>
public static class Sealing
{
    /// <summary>Runs the sealer and offers <c>--verify-seals</c>, which ends with 1 and names the first fault if there is one.</summary>
    public static void AddSealing(this IHostApplicationBuilder builder, params ReadOnlySpan<SealedKind> kinds)
    {
        foreach (var kind in kinds)
            builder.Services.AddSingleton(kind);
        builder.Services.AddHostedService<Sealer>();
        builder.Services.AddSingleton<SealVerifier>();
        builder.Services.AddVerb("--verify-seals", async (services, _, stop) =>
        {
            var verdict = await services.GetRequiredService<SealVerifier>().VerifyAsync(stop);
            await Console.Out.WriteLineAsync(verdict.FirstFault is null
                ? $"{verdict.Links} links hold"
                : $"{verdict.Links} links hold, then: {verdict.FirstFault}");
            return verdict.FirstFault is null ? 0 : 1;
        });
    }
}
