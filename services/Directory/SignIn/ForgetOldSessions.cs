using Npgsql;
using ServiceDefaults.Persistence;

namespace Directory.SignIn;

/// <summary>
/// Removes sessions and their refresh tokens a day after their end: until then a stolen token is still recognised. Requests for codes go when no limit counts them
/// any more, codes when they have ended.
/// </summary>
internal sealed class ForgetOldSessions(NpgsqlDataSource database, TimeProvider clock, ILogger<ForgetOldSessions> log) : BackgroundService
{
    private static readonly TimeSpan KeptAfterEnd = TimeSpan.FromDays(1);

    private static readonly string[] Statements =
    [
        "delete from session where expires_at < $1",
        "delete from failed_sign_in where hour < $1",
        "delete from one_time_code where expires_at < $1",
        "delete from one_time_code_request where requested_at < $1",
        "delete from notice_phone_proposal where proposed_at < $1 - interval '14 days'",
    ];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(TimeSpan.FromHours(1), clock, log, async stop =>
    {
        await using var batch = database.CreateBatch();
        foreach (var statement in Statements)
            batch.BatchCommands.Add(new(statement) { Parameters = { new() { Value = clock.GetUtcNow() - KeptAfterEnd } } });
        await batch.ExecuteNonQueryAsync(stop);
    }, stoppingToken);
}
