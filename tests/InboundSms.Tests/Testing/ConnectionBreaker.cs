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
        // Two instances read at the same time; one of them is hit.
        var words = _words;
        if (words is null || !command.CommandText.Contains(words, StringComparison.Ordinal) || Interlocked.CompareExchange(ref _words, null, words) != words)
            return result;
        var victim = ((NpgsqlConnection)command.Connection!).ProcessID;
        await Servers.TextsAsync("postgres", "select pg_terminate_backend($1)::text", victim);
        await Eventually.TrueAsync(async () => (await Servers.TextsAsync("postgres", "select 'still' from pg_stat_activity where pid = $1", victim)).Count == 0);
        return result;
    }
}
