using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace InboundSms.Privacy;

/// <summary>
/// What a person may ask for (UU 27/2022 art. 6-8): his data, or its removal; and how long data is kept. Verbs for the owner of the database, by <c>deploy/privacy</c>; the
/// number comes on standard input, because a command line is seen by everybody on the machine.
/// </summary>
internal static partial class PersonRequests
{
    private const int NotDone = 2;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [GeneratedRegex("^(?<kind>Message|Loose|Automatic) (?<days>[1-9][0-9]{0,4})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rule();

    private sealed record Written(DateTimeOffset ReceivedAt, string Channel, string Text, long? CaseNumber, string? Status, string? Answer, DateTimeOffset? AnsweredAt);

    public static void Add(IServiceCollection services)
    {
        services.AddVerb("--export-person", (provider, _, stop) => WithNumberAsync(number => ExportAsync(provider.GetRequiredService<NpgsqlDataSource>(), number, Console.Out, stop)));
        services.AddVerb("--erase-person", (provider, _, stop) => WithNumberAsync(number => EraseAsync(provider.GetRequiredService<NpgsqlDataSource>(), number, Console.Out, stop)));
        services.AddVerb("--keep", async (provider, _, stop) => await KeepAsync(provider.GetRequiredService<NpgsqlDataSource>(), await Console.In.ReadLineAsync(stop) ?? "", Console.Out, stop));
    }

    /// <summary>Everything that is stored under a number, as JSON.</summary>
    public static async Task<int> ExportAsync(NpgsqlDataSource database, string number, TextWriter output, CancellationToken stop)
    {
        await using var command = database.CreateCommand("""
            select m.received_at, m.channel, c.text, k.number, k.status, a.text, a.answered_at
            from message_content c join message m on m.id = c.message_id
            left join case_message part on part.message_id = m.id left join sms_case k on k.id = part.case_id
            left join answer a on a.case_id = k.id and m.id = k.first_message_id
            where c.sender = $1 or exists (select from submission_contact s where s.message_id = m.id and s.phone_number = $1)
            order by m.received_at, a.answered_at
            """);
        command.Parameters.Add(new() { Value = number });
        var written = new List<Written>();
        await using (var reader = await command.ExecuteReaderAsync(stop))
        {
            while (await reader.ReadAsync(stop))
            {
                written.Add(new(reader.GetFieldValue<DateTimeOffset>(0), reader.GetString(1), reader.GetString(2), await ValueAsync<long?>(reader, 3, stop),
                    await ValueAsync<string>(reader, 4, stop), await ValueAsync<string>(reader, 5, stop), await ValueAsync<DateTimeOffset?>(reader, 6, stop)));
            }
        }

        await output.WriteLineAsync(JsonSerializer.Serialize(new { number, messages = written }, Json));
        return 0;
    }

    /// <summary>Erases words and number of all his messages, except of cases that wait for an answer; a STOP and a block stay, they protect him and others.</summary>
    public static async Task<int> EraseAsync(NpgsqlDataSource database, string number, TextWriter output, CancellationToken stop)
    {
        await using var command = database.CreateCommand("""
            with his as (
              select m.id, k.number, k.status in ('Unassigned', 'Open', 'AnswerFailed') as waits
              from message m join message_content c on c.message_id = m.id
              left join case_message part on part.message_id = m.id left join sms_case k on k.id = part.case_id
              where c.sender = $1 or exists (select from submission_contact s where s.message_id = m.id and s.phone_number = $1)),
            forgotten as (delete from own_text where recipient = $1)
            select (select count(*) filter (where erase_message(id, 'Request')) from his where waits is not true), (select array_agg(distinct number) from his where waits),
              erase_repeated_parts($1, null)::text
            """);
        command.Parameters.Add(new() { Value = number });
        await using var reader = await command.ExecuteReaderAsync(stop);
        await reader.ReadAsync(stop);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{reader.GetInt64(0)} messages erased"));
        if (await reader.IsDBNullAsync(1, stop))
            return 0;
        await output.WriteLineAsync($"not erased, because they wait for an answer: case {string.Join(", ", reader.GetFieldValue<long[]>(1))}; answer or set them aside, then do this again");
        return NotDone;
    }

    /// <summary>Sets how many days a kind of data is kept: <c>Message 1825</c>.</summary>
    public static async Task<int> KeepAsync(NpgsqlDataSource database, string rule, TextWriter output, CancellationToken stop)
    {
        var read = Rule().Match(rule);
        var days = read.Success ? int.Parse(read.Groups["days"].ValueSpan, CultureInfo.InvariantCulture) : 0;
        if (days is < 7 or > 36_500)
        {
            await output.WriteLineAsync("give Message, Loose or Automatic, and 7 to 36500 days");
            return NotDone;
        }

        await using var command = database.CreateCommand("update retention_rule set keep_for = make_interval(days => $2), changed_at = now() where kind = $1");
        command.Parameters.Add(new() { Value = read.Groups["kind"].Value });
        command.Parameters.Add(new() { Value = days });
        await command.ExecuteNonQueryAsync(stop);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{read.Groups["kind"].Value}: {days} days"));
        return 0;
    }

    private static async Task<int> WithNumberAsync(Func<string, Task<int>> act)
    {
        var number = PhoneNumber.Parse(await Console.In.ReadLineAsync() ?? "");
        if (number.Kind is SenderKind.Mobile or SenderKind.FixedLine)
            return await act(number.Value);
        await Console.Out.WriteLineAsync("this is no phone number");
        return NotDone;
    }

    private static async Task<T?> ValueAsync<T>(NpgsqlDataReader reader, int column, CancellationToken stop) =>
        await reader.IsDBNullAsync(column, stop) ? default : await reader.GetFieldValueAsync<T>(column, stop);
}
