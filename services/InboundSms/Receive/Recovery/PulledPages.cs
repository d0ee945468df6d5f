using Npgsql;

namespace InboundSms.Receive.Recovery;

/// <summary>Answers of a list that tells once: durable before they are read, until all of it is stored.</summary>
internal sealed class PulledPages(NpgsqlDataSource database)
{
    /// <summary>What a run before, or an instance that died, left.</summary>
    public async Task<List<(long Id, byte[] Body)>> LeftAsync(string channel, CancellationToken stop)
    {
        await using var command = database.CreateCommand("select id, body from pulled_page where channel = $1 order by id");
        command.Parameters.Add(new() { Value = channel });
        await using var reader = await command.ExecuteReaderAsync(stop);
        var pages = new List<(long, byte[])>();
        while (await reader.ReadAsync(stop))
            pages.Add((reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)));
        return pages;
    }

    public async Task<long> KeepAsync(string channel, byte[] body, DateTimeOffset now, CancellationToken stop)
    {
        await using var command = database.CreateCommand("insert into pulled_page (channel, pulled_at, body) values ($1, $2, $3) returning id");
        command.Parameters.Add(new() { Value = channel });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = body });
        return (long)(await command.ExecuteScalarAsync(stop))!;
    }

    public async Task ForgetAsync(long id, CancellationToken stop)
    {
        await using var command = database.CreateCommand("delete from pulled_page where id = $1");
        command.Parameters.Add(new() { Value = id });
        await command.ExecuteNonQueryAsync(stop);
    }
}
