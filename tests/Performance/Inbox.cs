using System.Diagnostics;
using InboundSms.Storage;
using ServiceDefaults.SignIn;
using Testing;

namespace Performance;

/// <summary>
/// What the inbox takes with so many cases, beside the same with ten thousand, through the door and with permissions inside the query: asked by an official, by a head
/// with ten units below his, and by the secretariat. One after the other, so that it is the time of the answer and not of a queue.
/// </summary>
internal static class Inbox
{
    private const int Few = 10_000;
    private const int Rounds = 100;

    private static readonly string[] Questions =
    [
        "", "?sort=urgent", "?overdue=true", "?status=Answered", $"?keyword={LargeInbox.Keyword}", "?mine=true", "?caseNumber=4000",
        $"?words={LargeInbox.RareWord}", $"?words={LargeInbox.CommonWord}",
    ];

    public static async Task<IReadOnlyList<Row>> RunAsync(int cases)
    {
        var (few, many) = (await MeasureAsync(Few), await MeasureAsync(cases));
        return [.. few.Zip(many, (before, after) => new Row(
            $"inbox of {Row.Number(cases)} cases, {after.What}, p50 / p95 / p99", Row.Percentiles(after.Times), $"of {Row.Number(Few)}: {Row.Percentiles(before.Times)}",
            Row.Number(Row.Percentile(after.Times, 0.95) / Row.Percentile(before.Times, 0.95))))];
    }

    private static async Task<List<(string What, List<TimeSpan> Times)>> MeasureAsync(int cases)
    {
        await using var host = new InboundSmsHost();
        await host.InitializeAsync();
        await LargeInbox.MakeAsync(host.Database.Administrator, cases, host.Clock.GetUtcNow());
        var measured = new List<(string, List<TimeSpan>)>();
        foreach (var (who, client) in new[]
        {
            ("an official", host.Client(LargeInbox.Staff)), ("a head", host.Client(LargeInbox.Head)), ("the secretariat", host.Client(roles: Roles.Secretary)),
        })
        {
            var times = new List<TimeSpan>();
            // The first rounds compile the code and prepare the statements.
            for (var round = -10; round < Rounds; round++)
            {
                foreach (var question in Questions)
                {
                    var start = Stopwatch.GetTimestamp();
                    (await client.GetAsync($"/api/inbound-sms/messages{question}")).EnsureSuccessStatusCode();
                    if (round >= 0)
                        times.Add(Stopwatch.GetElapsedTime(start));
                }
            }

            measured.Add((who, times));
        }

        return measured;
    }
}
