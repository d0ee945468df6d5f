using System.Globalization;
using System.Security.Cryptography;

namespace UnderFire.Tests.Load;

/// <summary>
/// What citizens write in the worst ten minutes of a city, through all its providers, while the broker is killed twice and the database is away for a minute. The
/// size is <c>UNDER_FIRE_RATE</c> messages a second for <c>UNDER_FIRE_SECONDS</c>; 200 and 600 are what the platform is held to, less is for every day.
/// </summary>
public sealed class LoadTests(City city) : IClassFixture<City>
{
    private static readonly int PerSecond = Setting("UNDER_FIRE_RATE", 20);
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(Setting("UNDER_FIRE_SECONDS", 60));
    private static readonly TimeSpan DatabaseAway = TimeSpan.FromSeconds(Math.Min(60, Lasting.TotalSeconds / 6));

    /// <summary>A machine that is busy with other things routes slower than messages come; that nothing arrives any more is told after this.</summary>
    private static readonly TimeSpan Arrival = 4 * Lasting + TimeSpan.FromMinutes(3);

    private const int Answers = 3;
    /// <summary>Two deaths of the broker and one absence of the database, each with what two instances have in flight.</summary>
    private const int MostUncertain = 3 * 2 * 16;

    /// <summary>Before the first strike, when everything is warm; and while the database was away.</summary>
    private sealed record Strikes((long From, long To) Calm, (long From, long To) DatabaseAway);

    [Fact]
    public async Task SMS_1_nothing_is_lost_or_doubled_and_all_parts_are_joined_while_the_broker_is_killed_twice_and_the_database_is_away()
    {
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        var traffic = Traffic.Of((int)(PerSecond * Lasting.TotalSeconds), PerSecond, city.Run, city.Keyword, city.NewCitizen, seed);
        using var network = new Network();
        var delivery = network.DeliverAsync(traffic.Calls);
        var strikes = StrikeAsync();
        await Task.WhenAll(delivery, AnswerWhileAsync(delivery), strikes);
        var over = TimeProvider.System.GetTimestamp();
        Report(traffic, network, seed);

        await Supervised.AllReadyAsync();
        await Invariants.SpoolIsDrainedAsync((int)Arrival.TotalSeconds);
        await WhatHasNotComeIsMissingAsync();
        await network.DeliverAsync(traffic.Late);
        await city.Invariants.HoldAsync(new()
        {
            Messages = [.. traffic.Expected.Select(message => message.Id).Where(id => id.Length > 0)],
            Written = traffic.Expected,
            Parts = traffic.Parts,
            Pairs = traffic.Pairs,
            Answers = city.Officials.Given,
            Versions = city.Administrator.Versions,
            MostUncertain = MostUncertain,
            Arrival = Arrival,
        });
        Say($"all of it proved {TimeProvider.System.GetElapsedTime(over).TotalSeconds:0} s after the last call; {city.Officials.Given.Count} answers");
        NoneRefusedOrLate(await strikes, network.FirstCalls);
    }

    private static async Task<Strikes> StrikeAsync()
    {
        await Task.Delay(Lasting / 10);
        var calm = TimeProvider.System.GetTimestamp();
        await Task.Delay(Lasting / 10);
        var first = TimeProvider.System.GetTimestamp();
        await Supervised.KillBrokerAsync();
        await Task.Delay(Lasting / 5);
        var away = TimeProvider.System.GetTimestamp();
        await Supervised.StopAsync("postgres");
        await Task.Delay(DatabaseAway);
        await Supervised.StartAsync("postgres");
        var back = TimeProvider.System.GetTimestamp();
        await Task.Delay(Lasting / 5);
        await Supervised.KillBrokerAsync();
        return new((calm, first), (away, back));
    }

    /// <summary>
    /// The provider gets its answer within two seconds even when the database is away: it calls for something once. One in a hundred may meet a machine that is busy with
    /// other things, and where answers are late in calm too, lateness says nothing of the platform; that nothing was refused still does.
    /// </summary>
    private static void NoneRefusedOrLate(Strikes strikes, IReadOnlyCollection<Network.FirstCall> calls)
    {
        List<Network.FirstCall> During((long From, long To) time) => [.. calls.Where(call => call.Began >= time.From && call.Began <= time.To)];
        var (calm, away) = (During(strikes.Calm), During(strikes.DatabaseAway));
        Say($"{away.Count} calls while the database was away, {away.Count(call => call.IsTaken)} of them taken within 2 s; of {calm.Count} in calm, {calm.Count(call => call.IsTaken)}");
        away.Count.ShouldBeGreaterThan((int)DatabaseAway.TotalSeconds);
        away.Where(call => !call.IsTaken && !call.IsLate).Select(call => call.Outcome).Distinct().ShouldBeEmpty();
        if (!calm.Exists(call => call.IsLate))
            away.Count(call => call.IsLate).ShouldBeLessThanOrEqualTo(Math.Max(1, away.Count / 100));
    }

    private async Task AnswerWhileAsync(Task delivery)
    {
        while (!delivery.IsCompleted)
        {
            await city.Officials.AnswerAsync(Answers);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Half an hour passes, for the parts that wait: only time is not the real one. Then what is there of each message is joined, and in a case.</summary>
    private static async Task WhatHasNotComeIsMissingAsync()
    {
        await Servers.TextsAsync("inboundsms", "update part_set set opened_at = opened_at - interval '31 minutes' where closed_at is null returning id::text");
        await Eventually.GetAsync(() => Servers.TextsAsync("inboundsms", """
            select s.id::text from part_set s left join case_message m on m.message_id = s.message_id
            where s.closed_at is null or (s.message_id is not null and m.case_id is null) limit 20
            """), sets => sets.Count == 0, (int)Arrival.TotalSeconds);
    }

    private static void Report(Traffic traffic, Network network, int seed)
    {
        var calls = network.FirstCalls;
        var taken = calls.Where(call => call.IsTaken).Select(call => call.Took.TotalMilliseconds).Order().ToList();
        var others = calls.Where(call => !call.IsTaken).CountBy(call => call.Outcome).Select(outcome => $"{outcome.Value} {outcome.Key}");
        Say($"{traffic.Expected.Count} messages at {PerSecond} a second in {calls.Count} calls, {traffic.Parts.Count} parts, {traffic.Pairs.Count} pairs of the same words (seed {seed}); calls were {network.Behind.TotalSeconds:0.0} s behind their time at most");
        Say($"p50 / p99 / most of the first calls {taken[taken.Count / 2]:0} / {taken[taken.Count * 99 / 100]:0} / {taken[^1]:0} ms; called again for: {string.Join(", ", others)}.");
    }

    private static void Say(FormattableString line) => TestContext.Current.TestOutputHelper!.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static int Setting(string name, int otherwise) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : otherwise;
}
