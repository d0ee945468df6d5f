using System.Globalization;
using Contracts.Notification;
using InboundSms.Notices;
using InboundSms.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Persistence;
using ServiceDefaults.Sms;

namespace InboundSms.Tests.Notices;

/// <summary>The notices alone: months pass, and nothing else is to happen in them.</summary>
public sealed class LongTimeFixture : InboundSmsFixture
{
    public const string Link = "https://sms.kota.example.go.id/masuk";

    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
    [
        .. base.Settings.Where(setting => setting.Key != "Reporting:LookEvery"), new("Reporting:LookEvery", "1.00:00:00"), new("Notices:Link", Link),
        .. new[] { "Before60", "Before30", "Before10", "Due", "After30", "After60" }.Select(stage => new KeyValuePair<string, string?>($"Deadlines:Ladder:{stage}:To", "None")),
    ];
}

/// <summary>
/// More than a thousand full hours, over a new year and the leap day of 2028, on two instances that are killed behind statements and are down for hours and days, while the
/// clock is set back now and then, for officials who each have chosen differently: every notice as a model says that knows nothing of the code.
/// </summary>
public sealed class ThousandWindowsTests(LongTimeFixture service) : IClassFixture<LongTimeFixture>
{
    // Whoever has chosen nothing; and others: in the night of the city, in quiet hours of their own, without hourly notices.
    private static readonly Habit[] Habits =
        [new(15, 21, 6), new(8, 21, 6), new(22, 21, 6), new(13, 12, 14), new(15, 21, 6, HasHourly: false)];

    private static readonly TimeSpan Zone = TimeSpan.FromHours(7);
    private static readonly string[] Statements = ["update notice_round", "FROM case_message", "notice_preference", "INSERT INTO notice_window", "INSERT INTO outbox"];

    private readonly Random _random = new(2028);
    private readonly List<Sent> _sent = [];
    private int _kills;
    private int _downs;
    private int _deaths;
    private int _setBack;
    private int _awake;

    private sealed record Habit(int DailyHour, int QuietFrom, int QuietTo, bool HasHourly = true)
    {
        public bool IsQuiet(int hour) => QuietFrom < QuietTo ? hour >= QuietFrom && hour < QuietTo : hour >= QuietFrom || hour < QuietTo;
    }

    private sealed record Sent(Guid Official, Guid Case, DateTime At)
    {
        public DateTime? AnsweredAt { get; set; }
    }

    private sealed record Told(string Kind, DateTime Round, int Count);

    [Fact]
    public async Task NOT_1_2_a_thousand_windows_over_new_year_and_a_leap_day_are_each_told_exactly_once()
    {
        await service.StartInstanceAsync();
        var offices = new List<(Guid Position, Guid Official)> { (service.Dinkes, service.DinkesOfficial), (service.Dpu, service.DpuOfficial) };
        while (offices.Count < Habits.Length)
            offices.Add(await OfficeAsync());
        foreach (var (habit, (_, official)) in Habits.Zip(offices).Skip(1))
        {
            await service.Database.ExecuteAsync(FormattableString.Invariant($"""
                insert into notice_preference values ('{official}', {habit.HasHourly}, '{habit.DailyHour}:00', '{habit.QuietFrom}:00', '{habit.QuietTo}:00', 1)
                """));
        }

        var rounds = new List<DateTime>();
        foreach (var (from, hours) in new[] { (new DateTime(2027, 12, 20, 5, 0, 0), 600), (new DateTime(2028, 2, 18, 5, 0, 0), 600) })
        {
            var hour = from;
            Set(hour.AddMinutes(1));
            await RoundAsync();
            rounds.Add(hour);
            for (; hour < from.AddHours(hours); hour = hour.AddHours(1))
            {
                await LiveAsync(offices, hour);
                // Sometimes nobody is there to do a round, for an hour or for more than a night.
                if (_downs == 0 && _random.Next(60) == 0)
                    _downs = _random.Next(1, 14);
                if (_downs-- > 0)
                {
                    _awake = 0;
                    continue;
                }

                (_downs, _awake) = (0, _awake + 1);
                Set(hour.AddHours(1).AddMinutes(1));
                await RoundAsync();
                rounds.Add(hour.AddHours(1));
                if (_awake > 4 && _random.Next(30) == 0)
                    await SetBackAsync(hour.AddHours(1).AddMinutes(1));
            }
        }

        rounds.Count.ShouldBeGreaterThan(1000);
        _kills.ShouldBeGreaterThan(50);
        _deaths.ShouldBeGreaterThan(20);
        _setBack.ShouldBeGreaterThan(10);
        foreach (var (habit, (_, official)) in Habits.Zip(offices))
        {
            var expected = Expect(official, habit, rounds);
            expected.Count(told => told.Kind == "Pesan").ShouldBeInRange(habit.HasHourly ? 100 : 0, habit.HasHourly ? 1000 : 0);
            expected.Count(told => told.Kind == "Belum").ShouldBeGreaterThan(20);
            (await ToldAsync(official, expected.Count)).ShouldBe(expected.ConvertAll(told => $"{told.Kind} {told.Round:dd/MM/yyyy HH} {told.Count}"));
        }
    }

    /// <summary>What the model says: at each round what came since the last one that was awake, and each day what of its messages waits.</summary>
    private List<Told> Expect(Guid official, Habit habit, List<DateTime> rounds)
    {
        var mine = _sent.FindAll(sent => sent.Official == official);
        var told = new List<Told>();
        var (since, lastRound, dailyHeld) = (rounds[0], rounds[0], (DateTime?)null);
        foreach (var round in rounds.Skip(1))
        {
            // The long pause between both spans: a day is made up for, no more.
            since = Later(since, round.AddDays(-1));
            var isNight = habit.IsQuiet(round.Hour);
            var count = mine.Count(sent => sent.At > since && sent.At <= round);
            if (!isNight)
            {
                if (count > 0 && habit.HasHourly)
                    told.Add(new("Pesan", round, count));
                since = round;
            }
            else if (count == 0)
            {
                since = round;
            }

            var daily = round.Date.AddHours(habit.DailyHour) <= round ? round.Date.AddHours(habit.DailyHour) : round.Date.AddHours(habit.DailyHour - 24);
            if (daily > lastRound || dailyHeld is not null)
            {
                var lately = Later(lastRound, round.AddDays(-7));
                // Nobody hears of what was held two months ago.
                var from = Later(Earlier(dailyHeld ?? DateTime.MaxValue, Earlier(lately, daily.AddDays(-1))), Earlier(lately, round.AddDays(-2)));
                var waits = mine.Where(sent => sent.At > from && sent.At <= round && !(sent.AnsweredAt <= round)).DistinctBy(sent => sent.Case).Count();
                dailyHeld = waits > 0 && isNight ? from : null;
                if (waits > 0 && !isNight)
                    told.Add(new("Belum", round, waits));
            }

            lastRound = round;
        }

        return told;
    }

    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;

    private static DateTime Earlier(DateTime one, DateTime other) => one < other ? one : other;

    /// <summary>An hour of the city: messages come in, some join a case, some cases are answered.</summary>
    private async Task LiveAsync(List<(Guid Position, Guid Official)> offices, DateTime hour)
    {
        for (var messages = _random.Next(3); messages > 0; messages--)
        {
            var (position, official) = offices[_random.Next(offices.Count)];
            // Also the first and the last instant of an hour; the full hour itself belongs to what is over.
            var at = _random.Next(8) switch { 0 => hour.AddTicks(TimeSpan.TicksPerMicrosecond), 1 => hour.AddHours(1), _ => hour.AddSeconds(_random.Next(1, 3600)) };
            var open = _sent.FindLast(sent => sent.Official == official && sent.AnsweredAt is null);
            var isNew = open is null || _random.Next(3) > 0;
            var sms = new Sent(official, isNew ? Guid.CreateVersion7() : open!.Case, at);
            _sent.Add(sms);
            await InsertAsync(sms, position, isNew);
        }

        if (_sent.Find(sent => sent.AnsweredAt is null) is { } waiting && _random.Next(2) == 0)
        {
            _sent.Where(sent => sent.Case == waiting.Case).ToList().ForEach(sent => sent.AnsweredAt = hour.AddMinutes(59));
            await service.Database.ExecuteAsync($"update sms_case set status = 'Answered', answered_at = '{Instant(hour.AddMinutes(59))}', version = version + 1 where id = '{waiting.Case}'");
        }
    }

    private Task InsertAsync(Sent sms, Guid position, bool isNew) => service.Database.ExecuteAsync($"""
        insert into message (id, channel, account, provider_message_id, received_at, commitment)
        values ('{MessageOf(sms)}', 'kannel', '', '{MessageOf(sms)}', '{Instant(sms.At)}', sha256('x'));
        {(isNew ? $"""
            insert into sms_case (id, first_message_id, position_id, keyword, status, is_secret, received_at, due_at, version)
            values ('{sms.Case}', '{MessageOf(sms)}', '{position}', 'UJI', 'Open', false, '{Instant(sms.At)}', '{Instant(sms.At.AddHours(3))}', 1);
            """ : "")}
        insert into case_message (message_id, case_id, received_at, placed_at) values ('{MessageOf(sms)}', '{sms.Case}', '{Instant(sms.At)}', '{Instant(sms.At)}');
        """);

    private readonly Dictionary<Sent, Guid> _messages = new(ReferenceEqualityComparer.Instance);

    private Guid MessageOf(Sent sms) => _messages.TryGetValue(sms, out var id) ? id : _messages[sms] = Guid.CreateVersion7();

    /// <summary>Both instances at once; every tenth time one of them loses its connection behind some statement, and the round is looked at again.</summary>
    private async Task RoundAsync()
    {
        if (_random.Next(10) == 0)
        {
            service.Connections.BreakBehind(Statements[_random.Next(Statements.Length)]);
            _kills++;
        }

        await Eventually.TrueAsync(async () =>
        {
            try
            {
                await Task.WhenAll(from instance in service.Instances
                                   from kind in Enum.GetValues<NoticeKind>()
                                   select instance.GetRequiredService<TellNotices>().RunRoundAsync(kind, CancellationToken.None));
                return true;
            }
            catch (Exception fault) when (fault.IsInfrastructureFault() || fault is InvalidOperationException or DbUpdateException)
            {
                _deaths++;
                return false;
            }
        });
        service.Connections.BreakBehind("nothing any more");
        // Who finds the row locked leaves the round to whoever has it, who may have died.
        await Task.WhenAll(Enum.GetValues<NoticeKind>().Select(kind => service.Services.GetRequiredService<TellNotices>().RunRoundAsync(kind, CancellationToken.None)));
    }

    /// <summary>Up to three hours, with a look at once and at each full hour that passes a second time. Nothing is told again.</summary>
    private async Task SetBackAsync(DateTime now)
    {
        _setBack++;
        var again = now.AddMinutes(-_random.Next(5, 180));
        // The first minute of an hour belongs to the round before it.
        for (again = again.Minute == 0 ? again.AddMinutes(1) : again; again < now; again = again.Date.AddHours(again.Hour + 1).AddMinutes(1))
        {
            Set(again);
            await RoundAsync();
        }

        Set(now);
        await RoundAsync();
    }

    private void Set(DateTime local) => service.Clock.Advance(new DateTimeOffset(local, Zone) - service.Clock.GetUtcNow());

    private static string Instant(DateTime local) => new DateTimeOffset(local, Zone).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private async Task<(Guid Position, Guid Official)> OfficeAsync()
    {
        var (_, position, _, officials) = await service.OfficeAsync();
        return (position, officials[0]);
    }

    /// <summary>What arrived at the broker: kind, round and the first count of its words, each notice once however often it came.</summary>
    private async Task<List<string>> ToldAsync(Guid official, int count)
    {
        await Eventually.GetAsync(() => Task.FromResult(Notices().Count), found => found >= count);
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>("select not exists (select from outbox where type like '%NotifyOfficial')"));
        Notices().ShouldAllBe(notice => SmsText.Measure(notice.Text).Segments == 1 && notice.Text.Contains(LongTimeFixture.Link, StringComparison.Ordinal));
        return [.. Notices().Select(notice => $"{notice.Text.Split(' ')[0]} {RoundOf(notice):dd/MM/yyyy HH} {notice.Text.Split(": ")[1].Split(' ')[0]}")];

        List<NotifyOfficial> Notices() => [.. service.Bus.Received<NotifyOfficial>().Where(notice => notice.OfficialId == official).DistinctBy(notice => notice.NoticeId)
            .OrderBy(RoundOf).ThenByDescending(notice => notice.Text[0])];
    }

    /// <summary>A minute before it was told; an hourly notice lasts an hour, a daily one twenty.</summary>
    private static DateTime RoundOf(NotifyOfficial notice) =>
        notice.ExpiresAt!.Value.ToOffset(Zone).DateTime.AddHours(notice.Text.StartsWith("Pesan", StringComparison.Ordinal) ? -1 : -20).AddMinutes(-1);
}
