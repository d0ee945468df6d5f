using System.Security.Cryptography;

namespace UnderFire.Tests;

/// <summary>
/// The promises of the main job on the running platform, two instances of each service, while its programs are killed and its servers go away. The size is
/// <c>UNDER_FIRE_MESSAGES</c>.
/// </summary>
public sealed class UnderFireTests(City city) : IClassFixture<City>
{
    private const int Rounds = 2;
    // Of urgent and of patient lanes.
    private const int InFlight = 16 + 64;
    private const int MostAnswers = 50;

    private static readonly string[] Strangers =
        [Servers.Setting("CITY_NUMBER"), "TELKOMSEL", "3636", "+62215551234", "", "anonymous", "+14155550100", "(0812) 3456-7891"];

    private readonly string[] _frequent = [.. Enumerable.Range(0, 5).Select(_ => city.NewCitizen())];

    [Fact]
    public async Task SMS_1_to_SMS_8_every_promise_holds_while_programs_are_killed_and_broker_and_database_go_away()
    {
        var blows = Enumerable.Range(0, Rounds).SelectMany(round => Blow.Round(1 + (round % 2), 2 - (round % 2))).ToList();
        var messages = Enumerable.Range(0, City.Messages).Select(Message).ToList();
        var (heardBefore, givenBefore) = (city.Provider.Acknowledged.Count, city.Officials.Given.Count);
        foreach (var (blow, share) in blows.Zip(messages.Chunk((messages.Count + blows.Count - 1) / blows.Count)))
        {
            var (half, heard) = (share.Length / 2, city.Provider.Acknowledged.Count);
            var strike = await blow.Aim();
            var before = Task.WhenAll(city.Provider.DeliverAsync(share[..half]), city.Officials.AnswerAsync(Math.Min(half, MostAnswers)));
            await Eventually.TrueAsync(() => Task.FromResult(city.Provider.Acknowledged.Count > heard));
            await strike();
            await Task.WhenAll(before, city.Provider.DeliverAsync(share[half..]), city.Administrator.ChangeAsync(city.Run, city.ChangingKeyword), blow.Mend());
            await Supervised.AllReadyAsync();
        }

        var (heardNow, givenNow) = (city.Provider.Acknowledged.Count - heardBefore, city.Officials.Given.Count - givenBefore);
        heardNow.ShouldBe(messages.Count);
        givenNow.ShouldBeGreaterThan(0);
        TestContext.Current.TestOutputHelper!.WriteLine($"{heardNow} messages, {givenNow} answers, {blows.Count} blows");
        city.MostUncertain += Rounds * Blow.DeathsOfNotification * InFlight;
        await city.HoldsAsync();
    }

    [Fact]
    public async Task DIR_1_SMS_1_what_comes_twice_late_or_out_of_order_on_the_bus_changes_nothing()
    {
        await AnswerTenAsync();
        await city.Administrator.ChangeAsync(city.Run, city.ChangingKeyword);
        await city.HoldsAsync();

        await using var bus = await TestBus.StartAsync(Servers.Broker, []);
        var again = (await OldNews.AboutAsync(city, bus)).Select(publish => (Publish: publish, Id: Guid.CreateVersion7())).ToList();
        await Task.WhenAll(again.SelectMany(message => new[] { message.Publish(message.Id), message.Publish(message.Id) }));
        var ids = again.ConvertAll(message => message.Id);
        var heard = again.Select(message => message.Id.ToString()).ToHashSet(StringComparer.Ordinal);
        await Eventually.TrueAsync(async () =>
        {
            foreach (var service in new[] { "directory", "inboundsms", "notification", "broadcast" })
                heard.ExceptWith(await Servers.TextsAsync(service, "select message_id::text from inbox where message_id = any($1)", ids));
            return heard.Count == 0;
        });
        await city.HoldsAsync();
    }

    [Fact]
    public async Task SMS_6_NOT_4_what_nobody_knows_is_listed_as_uncertain_and_never_repeated()
    {
        await AnswerTenAsync();
        var victim = await Supervised.FindAsync("notification-1");
        var listed = (await city.Invariants.UncertainAsync()).Count;
        city.MostUncertain += 2 * InFlight;
        await Supervised.FreezeSmsboxAsync();
        try
        {
            await AnswerTenAsync();
            await Eventually.TrueAsync(async () => (await Servers.TextsAsync("notification", "select id::text from sms where state = 'Intent'")).Count > 0);
            await Supervised.KillAsync(victim);
            await Eventually.TrueAsync(async () => (await city.Invariants.UncertainAsync()).Count > listed, seconds: 120);
        }
        finally
        {
            await Supervised.ThawSmsboxAsync();
        }

        await Supervised.AllReadyAsync();
        await city.HoldsAsync();
    }

    [Fact]
    public async Task SMS_3_whatever_the_first_word_is_a_message_is_routed_or_helped_or_kept()
    {
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        var strange = new StrangeWords(seed, city.Keyword);
        var expected = new Dictionary<string, (Fate Fate, string Text)>(StringComparer.Ordinal);
        var messages = new List<Dictionary<string, string>>();
        for (var i = 0; i < Math.Max(City.Messages / 5, StrangeWords.Kinds); i++)
        {
            var (fate, text) = strange.Next(i);
            messages.Add(Provider.Sms(city.NewCitizen(), text));
            expected.Add(messages[^1]["MessageSid"], (fate, text));
        }

        await city.Provider.DeliverAsync(messages);
        await city.HoldsAsync();
        var fates = await Servers.TextsAsync("inboundsms", """
            select m.provider_message_id || ' '
              || case when o.message_id is not null then 'Kept' when c.keyword = $2 then 'Routed' when c.status <> 'Unassigned' then c.status when a.id is null then 'Kept' else 'Helped' end
            from message m left join case_message member on member.message_id = m.id left join sms_case c on c.id = member.case_id
            left join opt_out o on o.message_id = m.id left join auto_answer a on a.message_id = m.id
            where m.provider_message_id = any($1)
            """, expected.Keys.ToList(), city.Keyword);
        fates.Count.ShouldBe(expected.Count);
        foreach (var fate in fates.Select(row => row.Split(' ')))
            fate[1].ShouldBe(expected[fate[0]].Fate.ToString(), $"\"{Uri.EscapeDataString(expected[fate[0]].Text)}\" (seed {seed})");
    }

    private async Task AnswerTenAsync()
    {
        var given = city.Officials.Given.Count;
        await city.Provider.DeliverAsync(Enumerable.Range(0, 10).Select(i => Provider.Sms(city.NewCitizen(), $"{city.Keyword} sekali saja {i}")));
        await Eventually.TrueAsync(async () =>
        {
            await city.Officials.AnswerAsync(10);
            return city.Officials.Given.Count >= given + 10;
        });
    }

    private Dictionary<string, string> Message(int i) => (i % 10) switch
    {
        < 5 => Provider.Sms(city.NewCitizen(), $"{city.Keyword} jalan berlubang {i}"),
        5 => Provider.Sms(city.NewCitizen(), $"\"{city.ChangingKeyword.ToLowerInvariant()}\" lampu mati {i}"),
        6 => Provider.Sms(city.NewCitizen(), $"rahasia {city.Keyword}: pungli {i}"),
        7 => Provider.Sms(city.NewCitizen(), $"apa kabar {i}"),
        8 => Provider.Sms(Strangers[i / 10 % Strangers.Length], i / 80 % 2 == 0 ? $"{city.Keyword} aneh {i}" : $"aneh {i}"),
        _ => Provider.Sms(_frequent[i / 10 % _frequent.Length], $"dan lagi {i}"),
    };
}
