using System.Globalization;
using System.Text.Json;
using Contracts.Notification;
using Notification.Tests.Testing;

namespace Notification.Tests.Reports;

/// <summary>
/// Four reports for each SMS in random order, repeated, contradictory, before the order, before the provider's answer and after it, at the doors of two instances. What must come
/// of them a model says that shares nothing with the service but the history's order. TEST_SEED repeats a storm.
/// </summary>
public sealed class StormTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    private const int OfEach = 60;

    // From unknown to certain; the last three are final.
    private static readonly string[] Words =
        ["Queued", "Uncertain", "AcceptedByProvider", "AcceptedByOperator", "TemporarilyFailed", "Delivered", "Failed", "Expired"];

    private static readonly Dictionary<string, string> Meanings = new(StringComparer.Ordinal)
    {
        ["4"] = "AcceptedByProvider",
        ["8"] = "AcceptedByOperator",
        ["1"] = "Delivered",
        ["2"] = "Failed",
        ["16"] = "Failed",
        ["diproses"] = "AcceptedByProvider",
        ["terkirim_operator"] = "AcceptedByOperator",
        ["terkirim"] = "Delivered",
        ["gagal"] = "Failed",
        ["gagal SEMENTARA"] = "TemporarilyFailed",
        ["kedaluwarsa"] = "Expired",
    };

    private readonly int _seed = Seed.Next();

    /// <param name="At">As the provider dates it.</param>
    private sealed record Report(string Code, DateTimeOffset At, int Instance);

    /// <param name="Steps">Reports, and where among them the order (null) is given.</param>
    /// <param name="AnswerBehind">After so many steps the provider answers the handover.</param>
    private sealed record Plan(string Channel, SendSms Order, List<Report?> Steps, int AnswerBehind)
    {
        public IEnumerable<Report> Reports => Steps.OfType<Report>();
    }

    private sealed record Line(string Source, string Code, string Told, string? Reason, long? DoneAt);

    private sealed record Shown(DeliveryStatus Status, bool AtOperator = false, bool Uncertain = false, bool Contradictory = false, string? Reason = null);

    [Fact]
    public async Task NOT_4_a_storm_of_reports_over_two_instances_ends_as_a_model_says_and_each_change_is_told_once()
    {
        await service.StartInstanceAsync();
        var random = new Random(_seed);
        var plans = Enumerable.Range(0, 2 * OfEach).Select(at => PlanOf(random, at < OfEach ? "kannel" : "generic")).ToArray();
        random.Shuffle(plans);
        await Parallel.ForEachAsync(plans, new ParallelOptions { MaxDegreeOfParallelism = 12 }, async (plan, _) => await RunAsync(plan));

        var ids = string.Join(", ", plans.Select(plan => $"'{plan.Order.SmsId}'"));
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select count(*) = {plans.Length} from sms where id in ({ids}) and state not in ('Queued', 'Intent')"), seconds: 60);
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>("select not exists (select from report where applied_at is null)"), seconds: 60);
        plans.ShouldAllBe(plan => service.Kannel.CallsTo(plan.Order.To).Count <= 1, $"seed {_seed}");
        var called = plans.Count(plan => service.Kannel.CallsTo(plan.Order.To).Count == 1);
        await Eventually.TrueAsync(async () => await service.Database.ScalarAsync<long>("select count(*) from delivery_event where source = 'answer'") == called);
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>("select not exists (select from outbox)"));
        var told = await service.Database.ScalarAsync<long>("select sum(version)::bigint from sms");
        await Eventually.TrueAsync(() => Task.FromResult(service.Bus.Received<DeliveryStatusChanged>().Count >= told));

        var heard = service.Bus.Received<DeliveryStatusChanged>().ToLookup(change => change.SmsId);
        foreach (var plan in plans)
            await CheckAsync(plan, [.. heard[plan.Order.SmsId].OrderBy(change => change.Version)]);
        // The storm was one.
        heard.Count(sms => sms.Any(change => change.Contradictory)).ShouldBeGreaterThan(OfEach / 4, $"seed {_seed}");
    }

    private async Task CheckAsync(Plan plan, List<DeliveryStatusChanged> heard)
    {
        var id = plan.Order.SmsId;
        var lines = (await Servers.TextsAsync(service.Database.Name, """
            select concat_ws('|', source, code, told, coalesce(reason, ''), coalesce(extract(epoch from done_at)::bigint::text, '')) from delivery_event where sms_id = $1 order by seq
            """, id)).ConvertAll(LineOf);
        var why = $"seed {_seed}, {plan.Channel} {id}: {string.Join(", ", lines)}";

        // The history is complete: each report once, however often it came, and its repeats are counted.
        lines.Where(line => line.Source == "report").Select(line => $"{line.Code} {line.DoneAt}").Order()
            .ShouldBe(plan.Reports.Select(report => $"{report.Code} {report.At.ToUnixTimeSeconds()}").Distinct().Order(), why);
        (await service.Database.ScalarAsync<long>($"select sum(seen) from report where reference = '{id}'")).ShouldBe(plan.Reports.Count(), why);

        // Each change that outsiders can see is told once, with the next version, as it was then.
        var start = plan.Channel == "kannel" ? "Queued" : "AcceptedByProvider";
        var expected = new List<Shown>();
        var shown = ShownAfter(start, []);
        for (var count = 1; count <= lines.Count; count++)
        {
            var next = ShownAfter(start, lines[..count]);
            if (next != shown)
                expected.Add(shown = next);
        }

        heard.ConvertAll(change => new Shown(change.Status, change.AcceptedByOperator, change.Uncertain, change.Contradictory, change.Reason)).ShouldBe(expected, why);
        heard.ConvertAll(change => change.Version).ShouldBe(Enumerable.Range(1, expected.Count).Select(version => (long)version), why);
        (await service.Database.ScalarAsync<long>($"select version from sms where id = '{id}'")).ShouldBe(expected.Count, why);
        (await service.StateAsync(id)).ShouldBe(StateAfter(start, lines).Word, why);
    }

    /// <summary>The first final word stays, unless it was a failure and the handset had it at the same second or later. Without a final word the most that is known.</summary>
    private (string Word, string? Reason) StateAfter(string start, List<Line> lines)
    {
        var now = service.Clock.GetUtcNow().ToUnixTimeSeconds();
        var news = lines.ConvertAll(line => (Word: line.Source == "report" ? Meanings[line.Code] : line.Told, At: line.DoneAt ?? now, line.Reason));
        var final = news.FindAll(one => one.Word is "Delivered" or "Failed" or "Expired");
        if (final.Count == 0)
        {
            var most = news.Append((start, now, null)).MaxBy(one => Array.IndexOf(Words, one.Word));
            return (most.Word, most.Reason);
        }

        var first = final[0];
        return final.Exists(one => one.Word == "Delivered" && one.At >= first.At) ? ("Delivered", null) : (first.Word, first.Reason);
    }

    private Shown ShownAfter(string start, List<Line> lines)
    {
        var (word, reason) = StateAfter(start, lines);
        var final = lines.FindAll(line => line.Source == "report").ConvertAll(line => Meanings[line.Code]).FindAll(one => one is "Delivered" or "Failed" or "Expired");
        var isContradictory = final.Contains("Delivered") && final.Exists(one => one != "Delivered");
        return word switch
        {
            "Delivered" => new(DeliveryStatus.Delivered, Contradictory: isContradictory),
            "Failed" or "Expired" or "TemporarilyFailed" => new(DeliveryStatus.Failed, Contradictory: isContradictory, Reason: reason),
            _ => new(DeliveryStatus.Pending, word == "AcceptedByOperator", word == "Uncertain", isContradictory),
        };
    }

    private Plan PlanOf(Random random, string channel)
    {
        var codes = Meanings.Keys.Where(code => char.IsDigit(code[0]) == (channel == "kannel")).ToArray();
        var order = NotificationFixture.Order(NotificationFixture.Number(), channel);
        var reports = new List<Report>();
        while (reports.DistinctBy(report => (report.Code, report.At)).Count() < 4)
        {
            var at = DateTimeOffset.FromUnixTimeSeconds(service.Clock.GetUtcNow().ToUnixTimeSeconds() + random.Next(-3, 4));
            var code = codes[random.Next(codes.Length)];
            for (var repeats = random.Next(1, 4); repeats > 0; repeats--)
                reports.Add(new(code, at, random.Next(2)));
        }

        Report?[] shuffled = [.. reports];
        random.Shuffle(shuffled);
        List<Report?> steps = [.. shuffled];
        steps.Insert(random.Next(3) == 0 ? random.Next(steps.Count + 1) : 0, null);
        return new(channel, order, steps, random.Next(steps.Count));
    }

    private async Task RunAsync(Plan plan)
    {
        var (answer, done) = (new TaskCompletionSource(), 0);
        service.Kannel.Script(plan.Order.To, FaultyKannel.AnswersAfter(answer.Task));
        foreach (var report in plan.Steps)
        {
            if (report is null)
                await OrderAsync(plan);
            else
                (await ReportAsync(plan, report)).EnsureSuccessStatusCode();
            if (done++ == plan.AnswerBehind)
                answer.SetResult();
        }
    }

    private async Task OrderAsync(Plan plan)
    {
        if (plan.Channel == "kannel")
        {
            await service.Bus.PublishAsync(plan.Order);
            // Now and then the first report is quicker than the call, and even than the order.
            if (plan.AnswerBehind % 2 == 0)
                await Eventually.TrueAsync(async () => service.Kannel.CallsTo(plan.Order.To).Count == 1 || await service.StateAsync(plan.Order.SmsId) is not ("none" or "Queued" or "Intent"));
            return;
        }

        var now = service.Clock.GetUtcNow();
        await service.Database.ExecuteAsync($"""
            insert into sms (id, purpose, lane, channel, sent_by, reference, state, segments, created_at, changed_at, expires_at, next_attempt_at, attempts, lease_no, intent_at)
            values ('{plan.Order.SmsId}', 'Answer', 20, 'generic', 'generic', '{plan.Order.SmsId}', 'AcceptedByProvider', 1, '{now:O}', '{now:O}', '{now.AddHours(1):O}', '{now:O}', 1, 1, '{now:O}')
            """);
    }

    private Task<HttpResponseMessage> ReportAsync(Plan plan, Report report)
    {
        if (plan.Channel == "kannel")
            return service.KannelReportAsync(plan.Order.SmsId.ToString(), report.Code, $"{report.At.ToUnixTimeSeconds()}", instance: report.Instance);
        var word = report.Code.Split(' ');
        var data = new Dictionary<string, object> { ["id"] = plan.Order.SmsId, ["status"] = word[0], ["terminal"] = word.Length == 1 };
        if (word.Length == 2)
            data["kodeGalat"] = word[1];
        return service.GenericReportAsync(JsonSerializer.SerializeToUtf8Bytes(new { type = "sms.status", timestamp = report.At, data }), instance: report.Instance);
    }

    private static Line LineOf(string text)
    {
        var part = text.Split('|');
        return new(part[0], part[1], part[2], part[3].Length == 0 ? null : part[3], part[4].Length == 0 ? null : long.Parse(part[4], CultureInfo.InvariantCulture));
    }
}
