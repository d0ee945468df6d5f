using System.Globalization;
using Npgsql;
using ServiceDefaults;

namespace Notification.Privacy;

/// <summary><c>deploy/privacy keep Sms DAYS</c>, or <c>Email</c>, as the owner of the database: how long numbers, addresses and words are kept.</summary>
internal static class SetRetention
{
    public static void Add(IServiceCollection services) => services.AddVerb("--keep", async (provider, _, stop) =>
        await KeepAsync(provider.GetRequiredService<NpgsqlDataSource>(), await Console.In.ReadLineAsync(stop) ?? "", Console.Out, stop));

    public static async Task<int> KeepAsync(NpgsqlDataSource database, string rule, TextWriter output, CancellationToken stop)
    {
        if (rule.Split(' ') is not [("Sms" or "Email") and var kind, var text] || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) || days is < 7 or > 36_500)
        {
            await output.WriteLineAsync("Kept is Sms or Email, for 7 days at least.");
            return 2;
        }

        await using var command = database.CreateCommand("update retention_rule set keep_for = make_interval(days => $1), changed_at = now() where kind = $2");
        command.Parameters.Add(new() { Value = days });
        command.Parameters.Add(new() { Value = kind });
        await command.ExecuteNonQueryAsync(stop);
        await output.WriteLineAsync($"Numbers, addresses and words of outgoing {kind} are kept for {days} days.");
        return 0;
    }
}
