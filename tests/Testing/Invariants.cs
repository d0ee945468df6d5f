using System.Diagnostics;
using System.Text.Json;
using Shouldly;

namespace Testing;

/// <summary>What outsiders were told, and what the running platform must therefore hold.</summary>
public sealed record Promised
{
    /// <summary>Provider ids of messages that got 2xx, no two of one id.</summary>
    public required IReadOnlyCollection<string> Messages { get; init; }
    /// <summary>All that citizens wrote, word for word: nothing else is there. Null: not known.</summary>
    public IReadOnlyCollection<Written>? Written { get; init; }
    /// <summary>With it, all parts of long messages that got 2xx: channel, provider's id, number.</summary>
    public IReadOnlyCollection<string> Parts { get; init; } = [];
    /// <summary>With it, the pairs that came with the same words moments apart: <see cref="Testing.Written.Pair"/>.</summary>
    public IReadOnlyCollection<string> Pairs { get; init; } = [];
    /// <summary>Text by id of answers that got 202.</summary>
    public required IReadOnlyDictionary<Guid, string> Answers { get; init; }
    /// <summary>Last version that the Administrator was told, by position, official or assignment.</summary>
    public IReadOnlyDictionary<Guid, long> Versions { get; init; } = new Dictionary<Guid, long>();
    /// <summary>Handovers that deaths of Notification, its databases and its wires may have left in doubt.</summary>
    public int MostUncertain { get; init; }
    /// <summary>How long what is still under way may take to arrive.</summary>
    public TimeSpan Arrival { get; init; } = TimeSpan.FromMinutes(3);
}

/// <summary>
/// Holds the promises of the main job against the databases, the broker, the API and the mobile network's own ledger. Each promise is a search for what breaks it:
/// that must come to nothing within half a minute, but for what is still under way, which gets longer.
/// </summary>
/// <param name="ledger">Connected before <paramref name="since"/>.</param>
/// <param name="since">From when on answers and SMS are looked at; nobody else may send meanwhile.</param>
public sealed class Invariants(Handset ledger, DateTimeOffset since) : IDisposable
{
    private static readonly (string Database, string Program)[] Services = [("directory", "Directory"), ("inboundsms", "InboundSms"), ("notification", "Notification"), ("broadcast", "Broadcast")];

    private readonly Person _administrator = Person.Of("ADMIN");
    private readonly Words _words = new(since);

    public async Task HoldAsync(Promised promised)
    {
        var arrival = (int)promised.Arrival.TotalSeconds;
        await SpoolIsDrainedAsync(arrival);
        await NoneAsync("still waits in an outbox, for its seal, or in a queue", WaitingAsync, arrival);
        await NoneAsync("SMS without an end", UnfinishedAsync, arrival);
        await NoneAsync("messages that are not there exactly once", () => NotOnceAsync(promised.Messages));
        if (promised.Written is { } written)
            await WordsHoldAsync(written, promised);
        await NoneAsync("messages that are not in the history of their case exactly once", async () => await _words.NotOnceInHistoryAsync());
        await NoneAsync("messages that are neither in a case nor kept for a reason, or that our own number sent and that are in one", MisroutedAsync);
        await NoneAsync("numbers that were helped twice within an hour", HelpedTwiceAsync);
        await NoneAsync("answers that were not told, not kept, or not the only one of their case", () => WrongAnswersAsync(promised.Answers));
        await NoneAsync("SMS that were ordered and are not there, or there and not ordered", async () => Difference(await OrderedAsync(), await SmsAsync()));
        await NoneAsync("SMS whose state and the network's ledger disagree", UnlikeLedgerAsync);
        await NoneAsync("answers whose status Notification tells otherwise", async () => Difference(await AnswerStatusesAsync(), await SmsStatusesAsync()));
        await UncertainAreListedAsync(promised.MostUncertain);
        await CopiesAgreeAsync();
        await NoneAsync("acts of the Administrator that were done twice or not at all", () => WrongVersionsAsync(promised.Versions));
        await NoneAsync("parked messages", ParkedAsync);
        await NoneAsync("queues of skipped messages", SkippedAsync);
        await ChainsVerifyAsync();
    }

    /// <summary>All that a provider was told to be durable is in the database.</summary>
    public static Task SpoolIsDrainedAsync(int seconds) =>
        NoneAsync("files in the spool", () => Task.FromResult(Words.Spooled()), seconds);

    /// <summary>Copies of the directory in other services are what Directory has.</summary>
    public static async Task CopiesAgreeAsync()
    {
        string[] organisation = ["inboundsms", "broadcast"];
        string[] contacts = ["notification", "broadcast"];
        foreach (var (columns, table, services, columnsThere, tableThere) in new[]
        {
            ("id, code, name, parent_id, closed_at, version", "unit", organisation, "id, code, name, parent_id, closed_at, version", "organisation.unit"),
            ("id, unit_id, code, title, kind, grade, closed_at, version", "position", organisation, "id, unit_id, code, title, kind, grade, closed_at, version", "organisation.position"),
            // Of the words that ended, only those of the last days are told.
            ("position_id, word, kind, valid_from", "position_keyword where valid_to is null", organisation, "position_id, word, kind, valid_from",
                "organisation.position_keyword where valid_to is null"),
            ("id, official_id, position_id, kind, held_from, held_to, version", "assignment", organisation,
                "id, official_id, position_id, kind, valid_from, valid_to, version", "organisation.assignment"),
            ("id, notice_phone, version", "official", contacts, "official_id, notice_phone, version", "contacts.contact"),
            ("official_id, sender_id, valid_from", "official_sender_id where valid_to is null", contacts, "official_id, sender_id, valid_from",
                "contacts.sender_id where valid_to is null"),
        })
        {
            foreach (var service in services)
            {
                await NoneAsync($"rows of {tableThere} in {service} that are not Directory's", async () => Difference(
                    await Servers.TextsAsync("directory", $"select ({columns})::text from {table}"),
                    await Servers.TextsAsync(service, $"select ({columnsThere})::text from {tableThere}")));
            }
        }
    }

    /// <summary>What people are told that nobody knows.</summary>
    public async Task<IReadOnlyList<string>> UncertainAsync()
    {
        const string first = "/api/notifications/messages?uncertain=true";
        var (ids, next) = (new List<string>(), first);
        while (next is not null)
        {
            var page = await _administrator.DoAsync(HttpMethod.Get, next);
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            next = page.GetProperty("next").GetString() is { } cursor ? $"{first}&cursor={Uri.EscapeDataString(cursor)}" : null;
        }

        return ids;
    }

    public static async Task ChainsVerifyAsync()
    {
        foreach (var (database, program) in Services)
            await NoneAsync($"faults in the chain of {program}", () => ChainFaultsAsync(database, program));
    }

    public void Dispose() => _administrator.Dispose();

    private async Task WordsHoldAsync(IEnumerable<Written> written, Promised promised)
    {
        await NoneAsync("sets of parts that were not joined, or calls that were refused", async () => await _words.LeftOverAsync());
        await NoneAsync("messages that are not there as they were written", async () => Difference(written.Select(message => message.ToString()), await _words.ThereAsync()));
        await NoneAsync("parts that are not there exactly once", async () => Difference(promised.Parts, await _words.PartsAsync()));
        await NoneAsync("suspected repeats that are not known as such", async () => Difference(promised.Pairs, await _words.PairsAsync()));
    }

    private static async Task<IEnumerable<string>> WaitingAsync()
    {
        var waiting = new List<string>();
        foreach (var (database, _) in Services)
        {
            waiting.AddRange(await Servers.TextsAsync(database, "select type || ' ' || key from outbox limit 20"));
            waiting.AddRange(await Servers.TextsAsync(database, "select kind || ' ' || entry_id from unsealed limit 20"));
        }

        waiting.AddRange(await QueuesAsync(queue => queue.TryGetProperty("messages", out var messages) && messages.GetInt32() > 0));
        return waiting;
    }

    /// <summary>Made with its first message. A repeat must end without trace: its words would be kept there for ever.</summary>
    private static Task<IEnumerable<string>> SkippedAsync() => QueuesAsync(queue => queue.GetProperty("name").GetString()!.EndsWith("_skipped", StringComparison.Ordinal));

    private static async Task<IEnumerable<string>> QueuesAsync(Func<JsonElement, bool> wanted) =>
        (await Servers.QueuesAsync(Servers.Setting("RABBITMQ_VHOST"))).Where(wanted).Select(queue => queue.GetProperty("name").GetString()!);

    private async Task<IEnumerable<string>> UnfinishedAsync() =>
        await Servers.TextsAsync("notification", "select id || ' ' || state from sms where created_at >= $1 and state not in ('Delivered', 'Uncertain')", since);

    private static async Task<IEnumerable<string>> NotOnceAsync(IReadOnlyCollection<string> acknowledged) => Difference(acknowledged, await Servers.TextsAsync(
        "inboundsms", "select provider_message_id from message join message_content on message_id = id where provider_message_id = any($1)", acknowledged.ToList()));

    private static async Task<IEnumerable<string>> MisroutedAsync() => await Servers.TextsAsync("inboundsms", """
        select m.id::text from message m join message_content c on c.message_id = m.id left join case_message member on member.message_id = m.id
        where (member.case_id is null) <> exists (select from kept_message k where k.message_id = m.id) or (member.case_id is not null and c.sender = $1)
        """, Servers.Setting("CITY_NUMBER"));

    private static async Task<IEnumerable<string>> HelpedTwiceAsync() => await Servers.TextsAsync("inboundsms", """
        select a.id::text from auto_answer a join auto_answer b on a.sender = b.sender and a.id <> b.id and a.kind = 'Help' and b.kind = 'Help' and a.sent_at between b.sent_at and b.sent_at + interval '1 hour'
        """);

    private async Task<IEnumerable<string>> WrongAnswersAsync(IReadOnlyDictionary<Guid, string> told) => Difference(
        told.Select(answer => $"{answer.Key} {answer.Value}"), await Servers.TextsAsync("inboundsms", "select id || ' ' || text from answer where answered_at >= $1", since))
        .Concat(await Servers.TextsAsync("inboundsms", "select 'case ' || case_id from answer where answered_at >= $1 group by case_id having count(*) > 1", since));

    private Task<List<string>> OrderedAsync() => Servers.TextsAsync("inboundsms", """
        select a.id || ' ' || c.sender || ' ' || a.text from answer a
        join sms_case s on s.id = a.case_id join message_content c on c.message_id = s.first_message_id
        join answer_delivery d on d.answer_id = a.id and d.way = 'Sms' where a.answered_at >= $1
        union all select id || ' ' || sender || ' help' from auto_answer where sent_at >= $1
        """, since);

    // Notices to officials are Directory's orders.
    private Task<List<string>> SmsAsync() => Servers.TextsAsync("notification", """
        select id || ' ' || number || ' ' || case purpose when 'Answer' then text else 'help' end from sms join sms_content on sms_id = id
        where created_at >= $1 and purpose in ('Answer', 'AutoAnswer')
        """, since);

    /// <summary>In the ledger once and Delivered, or neither: a report repairs what was uncertain. Texts are of one segment here.</summary>
    private async Task<IEnumerable<string>> UnlikeLedgerAsync()
    {
        var times = ledger.Ledger.CountBy(sms => $"{sms.Number} {sms.Text}", StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var known = await Servers.TextsAsync("notification", "select number || ' ' || text from sms_content");
        var delivered = await Servers.TextsAsync(
            "notification", "select number || ' ' || text from sms join sms_content on sms_id = id where created_at >= $1 and state = 'Delivered'", since);
        return times.Where(sms => sms.Value > 1).Select(sms => $"{sms.Key} ({sms.Value} times)")
            .Concat(times.Keys.Except(known, StringComparer.Ordinal)).Concat(Difference(delivered, times.Keys));
    }

    private Task<List<string>> AnswerStatusesAsync() => Servers.TextsAsync("inboundsms", """
        select a.id || ' ' || d.version || ' ' || d.status || ' ' || d.uncertain || ' ' || c.status from answer a
        join answer_delivery d on d.answer_id = a.id and d.way = 'Sms' join sms_case c on c.id = a.case_id where a.answered_at >= $1
        """, since);

    private Task<List<string>> SmsStatusesAsync() => Servers.TextsAsync("notification", """
        select id || ' ' || version || ' ' || case state when 'Delivered' then 'Delivered false Answered' else 'Pending true Answered' end from sms
        where created_at >= $1 and purpose = 'Answer'
        """, since);

    private async Task UncertainAreListedAsync(int most)
    {
        var uncertain = await Servers.TextsAsync("notification", "select id::text from sms where state = 'Uncertain' and created_at >= $1", since);
        uncertain.Count.ShouldBeLessThanOrEqualTo(most);
        await NoneAsync("uncertain SMS that are not listed", async () => uncertain.Except(await UncertainAsync(), StringComparer.Ordinal));
    }

    private static async Task<IEnumerable<string>> WrongVersionsAsync(IReadOnlyDictionary<Guid, long> told) => Difference(
        told.Select(subject => $"{subject.Key} {subject.Value}"), await Servers.TextsAsync("directory", """
            select id || ' ' || version from (select id, version from position union all select id, version from official union all select id, version from assignment) row
            where id = any($1)
            """, told.Keys.ToList()));

    private async Task<IEnumerable<string>> ParkedAsync()
    {
        var parked = new List<string>();
        foreach (var service in new[] { "directory", "inbound-sms", "notifications", "broadcasts" })
        {
            var page = await _administrator.DoAsync(HttpMethod.Get, $"/api/{service}/parked-messages");
            parked.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetRawText()));
        }

        return parked;
    }

    /// <summary>What the published program says itself, under the rights of the service.</summary>
    private static async Task<IEnumerable<string>> ChainFaultsAsync(string database, string program)
    {
        var folder = Path.Combine(Servers.Setting("PLATFORM_DATA"), "app", database);
        using var verify = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { $"{program}.dll", "--verify-seals" },
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            Environment =
            {
                [$"ConnectionStrings__{database}"] = Servers.Postgres(database, $"{database}_app", Servers.Setting($"{database.ToUpperInvariant()}_APP_PASSWORD")),
                ["ConnectionStrings__rabbitmq"] = Servers.Broker,
            },
        })!;
        var said = await verify.StandardOutput.ReadToEndAsync();
        await verify.WaitForExitAsync();
        return verify.ExitCode == 0 ? [] : [said];
    }

    private static IEnumerable<string> Difference(IEnumerable<string> expected, IEnumerable<string> found)
    {
        var (left, right) = (expected.CountBy(row => row, StringComparer.Ordinal).ToHashSet(), found.CountBy(row => row, StringComparer.Ordinal).ToHashSet());
        return left.Except(right).Select(row => $"missing: {row.Key} ({row.Value} times)").Concat(right.Except(left).Select(row => $"found: {row.Key} ({row.Value} times)"));
    }

    private static Task<string> NoneAsync(string what, Func<Task<IEnumerable<string>>> search, int seconds = 30) => Eventually.GetAsync(
        async () => (await search()).ToList() is { Count: > 0 } found ? $"{found.Count} {what}:\n{string.Join('\n', found.Take(20))}" : "",
        found => found.Length == 0, seconds);
}
