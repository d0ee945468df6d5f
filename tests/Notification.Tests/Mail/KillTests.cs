using System.Diagnostics;

namespace Notification.Tests.Mail;

/// <summary>Two instances as processes of their own, killed with SIGKILL in turn while they send. The mail server's ledger decides.</summary>
public sealed class KillTests(KilledMailFixture service) : IClassFixture<KilledMailFixture>
{
    private const int Kills = 10;
    private const int Portion = 60;

    [Fact]
    public async Task NOT_3_ten_kills_of_two_instances_lose_no_email_send_none_twice_and_list_the_few_that_nobody_can_know()
    {
        Process[] instances = [service.StartSender(), service.StartSender()];
        for (var kill = 0; kill < Kills; kill++)
        {
            var before = service.Server.All.Count;
            await service.QueueAsync(Portion, "lambat");
            await Eventually.TrueAsync(() => Task.FromResult(service.Server.All.Count > before + (Portion / 3)), seconds: 300);
            await instances[kill % 2].KillAsync();
            instances[kill % 2] = service.StartSender();
        }

        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>("select not exists (select from email where state = 'Queued')"), seconds: 300);
        // What is in flight has ten seconds for its answer; then an intent is one that a kill left behind, and its minute may as well be over.
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>("select not exists (select from email where state = 'Intent' and intent_at > now() - interval '15 seconds')"), seconds: 300);
        await service.Database.ExecuteAsync("update email set intent_at = intent_at - interval '1 hour' where state = 'Intent'");
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>("select not exists (select from email where state = 'Intent')"), seconds: 300);
        foreach (var instance in instances)
            await instance.KillAsync();

        var ledger = service.Server.All.ToDictionary(EmailFixture.IdOf, StringComparer.Ordinal);
        var states = await service.StatesAsync();
        states.Count.ShouldBe(Kills * Portion);
        // Lost would be: we say that the server has it, and it has not; or nobody has it, and nothing says so. Twice would be two lines of the ledger: no dictionary.
        states.Where(email => email.Value == "AcceptedByProvider").Select(email => email.Key).ShouldBeSubsetOf(ledger.Keys);
        states.Values.ShouldAllBe(state => state == "AcceptedByProvider" || state == "Uncertain");
        var unknown = states.Where(email => email.Value == "Uncertain").Select(email => email.Key).ToHashSet(StringComparer.Ordinal);
        unknown.Count.ShouldBeInRange(1, Kills * KilledMailFixture.AtOnce);
        (await service.Database.ScalarAsync<long>("select count(*) from email_event where effect = 'Changed'")).ShouldBe(states.Count, "of each it is known once how it went");

        // The mail server's own word repairs those that it has; the others stay listed.
        foreach (var mail in unknown.Intersect(ledger.Keys).Select(id => ledger[id]))
            (await service.BounceAsync(mail.From, EmailFixture.Report("delivered", "2.0.0"))).EnsureSuccessStatusCode();
        var after = await service.StatesAsync();
        after.Count(email => email.Value == "Delivered").ShouldBe(unknown.Intersect(ledger.Keys).Count());
        after.Count(email => email.Value == "Uncertain").ShouldBe(unknown.Except(ledger.Keys).Count());
    }
}

public sealed class KilledMailFixture : EmailFixture
{
    public const int AtOnce = 4;

    // The instance in this process has the door for bounces; others send.
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => base.Settings.Append(new("Email:Host", ""));

    public Process StartSender() => StartProcess(new Dictionary<string, string?> { ["Email:Host"] = "localhost", ["Email:AtOnce"] = $"{AtOnce}", ["Email:CallLimit"] = "00:00:10" });

    public async Task<Dictionary<string, string>> StatesAsync()
    {
        var text = await Database.ScalarAsync<string>("select coalesce(string_agg(id || ' ' || state, ','), '') from email");
        return text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split(' ')).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    }
}
