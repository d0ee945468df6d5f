using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace InboundSms.Tests.Testing;

/// <summary>Lets the server end a connection right behind a statement, as a shutdown does.</summary>
public sealed class ConnectionBreaker : DbCommandInterceptor
{
    private string? _words;

    /// <summary>Behind the next statement that holds these words.</summary>
    public void BreakBehind(string words) => _words = words;

    public override async ValueTask<InterceptionResult> DataReaderClosingAsync(DbCommand command, DataReaderClosingEventData eventData, InterceptionResult result)
    {
        if (_words is null || !command.CommandText.Contains(_words, StringComparison.Ordinal))
            return result;
        _words = null;
        var victim = ((NpgsqlConnection)command.Connection!).ProcessID;
        await Servers.TextsAsync("postgres", "select pg_terminate_backend($1)::text", victim);
        await Eventually.TrueAsync(async () => (await Servers.TextsAsync("postgres", "select 'still' from pg_stat_activity where pid = $1", victim)).Count == 0);
        return result;
    }
}
