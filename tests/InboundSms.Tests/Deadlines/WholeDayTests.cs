using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Notification;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Deadlines;

/// <summary>
/// Twenty-four hours on two instances, with an hour and a half in which nothing runs: answers in time and late, a tray, forwards, emergencies, what is set aside. What must come of them is worked out here a second time, from the plan of the day and
/// the instants of the rounds alone.
/// </summary>
public sealed class WholeDayTests(LateCity city) : IClassFixture<LateCity>
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(3);
    private const int Steps = 24 * 20;
    private const int Messages = 140;
    private static readonly (int From, int To) Outage = (8 * 20, (8 * 20) + 30);

    private static readonly (string Name, int Minute)[] Ladder = [("Before60", -60), ("Before30", -30), ("Before10", -10), ("Due", 0), ("After30", 30), ("After60", 60)];

    /// <summary>What is going to happen, by step; null: never.</summary>
    private sealed record Plan(int Number, LateCity.Office Office, bool IsTray, bool IsEmergency, int Sent, int? Assigned, int? Answered)
    {
        public int? Forwarded { get; init; }
        public LateCity.Office? ForwardedTo { get; init; }
        public int? SetAside { get; init; }
        public Guid Message { get; set; }
        public DateTimeOffset ReceivedAt { get; set; }
        public DateTimeOffset? AssignedAt { get; set; }
        public DateTimeOffset? ForwardedAt { get; set; }
        public DateTimeOffset? AnsweredAt { get; set; }
        public DateTimeOffset? SetAsideAt { get; set; }
        public DateTimeOffset? StoppedAt => AnsweredAt ?? SetAsideAt;
        public LateCity.Office OfficeAt(DateTimeOffset round) => ForwardedAt is { } at && round > at ? ForwardedTo! : Office;
        public DateTimeOffset DueAt => ReceivedAt.AddHours(3);
    }

    [Fact]
    public async Task SMS_7_in_a_whole_day_every_stage_comes_once_to_whom_it_must_and_every_clock_is_right()
    {
        var offices = new[] { await city.OfficeAsync(), await city.OfficeAsync(), await city.OfficeAsync(), await city.OfficeAsync() };
        var day = PlanDay(offices, new Random(2026));
        var rounds = new List<DateTimeOffset>();
        for (var step = 0; step < Steps; step++)
        {
            if (step == Outage.From)
            {
                await city.Service.StopAsync();
                city.Service.Clock.Advance(Step * (Outage.To - Outage.From));
                await city.Service.StartInstanceAsync();
                await city.Service.StartInstanceAsync();
                // Whoever has started has a round of its own within seconds.
                await city.RoundAsync();
                rounds.Add(city.Service.Clock.GetUtcNow());
                step = Outage.To;
            }

            await city.RoundAfterAsync(Step);
            rounds.Add(city.Service.Clock.GetUtcNow());
            // What people do comes after the round of the same instant, and the next one sees it.
            await Task.WhenAll(day.Where(plan => plan.Sent == step).Select(SendAsync));
            await Task.WhenAll(day.Where(plan => plan.Assigned == step).Select(AssignAsync));
            await Task.WhenAll(day.Where(plan => plan.Forwarded == step).Select(ForwardAsync));
            await Task.WhenAll(day.Where(plan => plan.SetAside == step).Select(SetAsideAsync));
            await Task.WhenAll(day.Where(plan => plan.Answered == step).Select(AnswerAsync));
        }

        var expected = day.ToDictionary(plan => plan, plan => Expect(plan, rounds));
        foreach (var plan in day)
        {
            (await city.StagesAsync(plan.Message)).Order(StringComparer.Ordinal)
                .ShouldBe(expected[plan].Select(stage => $"{stage.Name} {(stage.IsSent ? "Sent" : "Passed")}").Order(StringComparer.Ordinal), $"message {plan.Number} of step {plan.Sent}");
        }

        await NoticesAreRightAsync(day, expected);
        await ClocksAreRightAsync(day);
        // The day was worth it.
        expected.Values.SelectMany(stages => stages).Count(stage => !stage.IsSent).ShouldBeGreaterThan(3);
        day.Count(plan => plan.AnsweredAt > plan.DueAt).ShouldBeGreaterThan(10);
        day.Count(plan => plan.AnsweredAt <= plan.DueAt).ShouldBeGreaterThan(30);
        day.Count(plan => plan.AssignedAt is not null).ShouldBeGreaterThan(5);
        day.Count(plan => plan.ForwardedAt is not null).ShouldBeGreaterThan(5);
        day.Count(plan => plan.SetAsideAt is not null).ShouldBeGreaterThan(3);
        day.Count(plan => plan.IsEmergency).ShouldBeGreaterThan(5);
    }

    private static List<Plan> PlanDay(LateCity.Office[] offices, Random random) => [.. Enumerable.Range(0, Messages).Select(number =>
    {
        var (sent, isTray) = (Awake(random.Next(Steps - 2)), random.Next(6) == 0);
        int? assigned = !isTray ? sent : random.Next(4) == 0 ? null : Awake(sent + random.Next(1, 80));
        var plan = new Plan(number, offices[random.Next(offices.Length)], isTray, random.Next(10) == 0, sent, isTray ? assigned : null, null);
        return (assigned, random.Next(20)) switch
        {
            (null, _) or (_, 0 or 1) => plan,
            ({ } at, 2 or 3) => plan with { SetAside = Awake(at + random.Next(1, 70)) },
            ({ } at, 4 or 5 or 6) => Forward(plan, Awake(at + random.Next(1, 50)), offices, random),
            ({ } at, < 13) => plan with { Answered = Awake(at + random.Next(1, 55)) },
            ({ } at, _) => plan with { Answered = Awake(at + random.Next(1, 120)) },
        };
    })];

    private static Plan Forward(Plan plan, int step, LateCity.Office[] offices, Random random) =>
        plan with { Forwarded = step, ForwardedTo = offices.First(office => office != plan.Office), Answered = Awake(step + random.Next(1, 60)) };

    /// <summary>Nobody sends or answers while nothing runs.</summary>
    private static int Awake(int step) => step >= Outage.From && step <= Outage.To ? Outage.To + 1 : step;

    private sealed record Expected(string Name, bool IsSent, DateTimeOffset At, bool InTray);

    /// <summary>
    /// A stage is done in the first round at or behind its instant, if the case waits there; and sent if it is the last one that this round finds.
    /// </summary>
    private static List<Expected> Expect(Plan plan, List<DateTimeOffset> rounds)
    {
        var waiting = rounds.Where(round => round > plan.ReceivedAt && (plan.StoppedAt is null || round <= plan.StoppedAt)).ToList();
        var found = Ladder.Select(stage => (stage.Name, Instant: plan.DueAt.AddMinutes(stage.Minute)))
            .Select(stage => (stage.Name, stage.Instant, Round: waiting.Find(round => round >= stage.Instant))).Where(stage => stage.Round != default).ToList();
        return [.. found.Select(stage => new Expected(stage.Name, stage.Instant == found.Where(other => other.Instant <= stage.Round).Max(other => other.Instant), stage.Round,
            plan.IsTray && (plan.AssignedAt is null || stage.Round <= plan.AssignedAt)))];
    }

    private IEnumerable<Guid> Recipients(Plan plan, Expected stage) => stage switch
    {
        { Name: "After60" } => [city.Sekda],
        { Name: "After30" } or { InTray: true } => [city.Chair, city.Secretary],
        { Name: "Due" } => [plan.OfficeAt(stage.At).Clerk, plan.OfficeAt(stage.At).Head],
        _ => [plan.OfficeAt(stage.At).Clerk],
    };

    /// <summary>For each official one SMS in each round in which any of his cases reached a stage, and no other.</summary>
    private async Task NoticesAreRightAsync(List<Plan> day, Dictionary<Plan, List<Expected>> expected)
    {
        var due = day.SelectMany(plan => expected[plan].Where(stage => stage.IsSent).SelectMany(stage => Recipients(plan, stage).Select(official => (official, stage.At))))
            .Distinct().CountBy(notice => notice.official).ToDictionary();
        foreach (var (official, count) in due)
            (await city.NoticesAsync(official, count)).Count.ShouldBe(count);
        city.Service.Bus.Received<NotifyOfficial>().Select(notice => notice.OfficialId).Distinct().Where(official => city.NoticesSoFar(official).Count > 0)
            .ShouldBeSubsetOf(due.Keys);
    }

    private async Task ClocksAreRightAsync(List<Plan> day)
    {
        using var chair = city.Service.Client(roles: Roles.Chair);
        foreach (var plan in day)
        {
            var history = await chair.GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{plan.Message}/history");
            var end = plan.StoppedAt ?? city.Service.Clock.GetUtcNow();
            history.GetProperty("elapsedSeconds").GetInt64().ShouldBe((long)(end - plan.ReceivedAt).TotalSeconds);
            history.GetProperty("segments").EnumerateArray().Sum(segment => segment.GetProperty("seconds").GetInt64()).ShouldBe((long)(end - plan.ReceivedAt).TotalSeconds);
            history.GetProperty("segments").EnumerateArray().Select(segment => segment.GetProperty("place").GetString())
                .ShouldBe(PlacesOf(plan, end), $"message {plan.Number}");
        }
    }

    /// <summary>Where it lay for more than an instant.</summary>
    private static List<string> PlacesOf(Plan plan, DateTimeOffset end)
    {
        List<(string Place, DateTimeOffset? At)> places = [(plan.IsTray ? "Tray" : "Position", plan.ReceivedAt), ("Position", plan.AssignedAt), ("Position", plan.ForwardedAt)];
        var moves = places.FindAll(place => place.At is not null);
        return [.. moves.Where((move, at) => move.At < (at + 1 < moves.Count ? moves[at + 1].At : end)).Select(move => move.Place)];
    }

    private async Task SendAsync(Plan plan)
    {
        plan.ReceivedAt = city.Service.Clock.GetUtcNow();
        plan.Message = await city.Service.SendAndRouteAsync($"{(plan.IsTray ? "XQZWVY" : plan.Office.Keyword)} {(plan.IsEmergency ? "kebakaran" : "keluhan")} nomor {plan.Number}", $"+6281360{plan.Number:00000}");
    }

    private async Task AssignAsync(Plan plan)
    {
        plan.AssignedAt = city.Service.Clock.GetUtcNow();
        using var chair = city.Service.Client(roles: Roles.Chair);
        (await chair.PostAsJsonAsync($"/api/inbound-sms/messages/{plan.Message}/assignment", new { keyword = plan.Office.Keyword })).EnsureSuccessStatusCode();
    }

    private async Task AnswerAsync(Plan plan)
    {
        plan.AnsweredAt = city.Service.Clock.GetUtcNow();
        using var clerk = city.Service.Client((plan.ForwardedTo ?? plan.Office).Clerk, instance: plan.Number % 2);
        (await clerk.PostAsJsonAsync($"/api/inbound-sms/messages/{plan.Message}/answers", new { text = "Sudah kami tangani" })).EnsureSuccessStatusCode();
    }

    private async Task ForwardAsync(Plan plan)
    {
        plan.ForwardedAt = city.Service.Clock.GetUtcNow();
        using var clerk = city.Service.Client(plan.Office.Clerk, instance: plan.Number % 2);
        var version = await city.Service.Database.ScalarAsync<long>($"select version from sms_case where first_message_id = '{plan.Message}'");
        (await clerk.PostAsJsonAsync($"/api/inbound-sms/messages/{plan.Message}/forward", new { version, reason = "Bukan urusan kami", keyword = plan.ForwardedTo!.Keyword }))
            .EnsureSuccessStatusCode();
    }

    private async Task SetAsideAsync(Plan plan)
    {
        plan.SetAsideAt = city.Service.Clock.GetUtcNow();
        using var clerk = city.Service.Client(plan.Office.Clerk, instance: plan.Number % 2);
        var proposed = await clerk.PostAsJsonAsync($"/api/inbound-sms/messages/{plan.Message}/set-aside", new { ground = "Spam", reason = "Iklan" });
        using var chair = city.Service.Client(roles: Roles.Chair);
        (await chair.PostAsJsonAsync($"/api/inbound-sms/messages/{plan.Message}/set-aside/decision",
            new { proposalId = (await proposed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid(), confirms = true })).EnsureSuccessStatusCode();
    }
}
