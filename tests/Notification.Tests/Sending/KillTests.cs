using System.Diagnostics;
using System.Globalization;
using Contracts.Notification;
using Notification.Tests.Testing;

namespace Notification.Tests.Sending;

/// <summary>The service as a process of its own, killed with SIGKILL while it sends. The provider's ledger decides, not our counters.</summary>
public sealed class KillTests(KilledFixture service) : IClassFixture<KilledFixture>
{
    private const int Kills = 10;
    private const int Sms = 3000;

    [Fact]
    public async Task NOT_4_ten_kills_lose_nothing_double_nothing_and_leave_few_unknown_that_are_listed()
    {
        var prefix = NotificationFixture.Number()[..^3];
        var number = $"'{prefix}' || lpad(i::text, 6, '0')";
        await service.QueueAsync(SmsPurpose.Broadcast, Sms / 2, KilledFixture.Channel, number);
        await service.QueueAsync(SmsPurpose.Answer, Sms / 2, KilledFixture.Channel, number.Replace("i::", "(i + 500000)::", StringComparison.Ordinal));
        // That process lives by the real clock.
        await service.Database.ExecuteAsync("update sms set created_at = now(), changed_at = now(), next_attempt_at = now(), expires_at = now() + interval '1 day' where state = 'Queued'");

        for (var kill = 0; kill < Kills; kill++)
        {
            var process = service.StartSender();
            var before = service.Kannel.CallsWith(prefix);
            await Eventually.TrueAsync(() => Task.FromResult(process.HasExited || service.Kannel.CallsWith(prefix) > before + (Sms / (2 * Kills))), seconds: 120);
            await process.KillAsync();
        }

        var last = service.StartSender();
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>("select not exists (select from sms where state = 'Queued')"), seconds: 120);
        // What is in flight has ten seconds for its answer; then an intent is one that a kill left behind.
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>("select not exists (select from sms where state = 'Intent' and intent_at > now() - interval '15 seconds')"), seconds: 120);
        await last.KillAsync();

        var calls = service.Kannel.ReferencesWith(prefix);
        calls.ShouldBeUnique();
        var states = await service.StatesAsync();
        states.Count.ShouldBe(Sms);
        // Lost would be: we say that the provider has it, and it has not; or nobody has it, and nothing says so.
        states.Where(sms => sms.Value == "AcceptedByProvider").Select(sms => sms.Key).ShouldBeSubsetOf(calls);
        var unknown = states.Where(sms => sms.Value is "Intent" or "Uncertain").Select(sms => sms.Key).ToHashSet(StringComparer.Ordinal);
        states.Values.ShouldAllBe(state => state == "AcceptedByProvider" || state == "Intent" || state == "Uncertain");
        unknown.Count.ShouldBeLessThanOrEqualTo(Kills * (KilledFixture.InFlight + NotificationFixture.PatientInFlight));

        // Reports under our reference repair those that the provider has; the others stay listed, and nobody has called for them twice.
        foreach (var reference in unknown.Intersect(calls))
            (await service.KannelReportAsync(reference, "1", channel: KilledFixture.Channel)).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(async () => (await service.StatesAsync()).Count(sms => sms.Value == "Delivered") == unknown.Intersect(calls).Count());
    }
}

public sealed class KilledFixture : NotificationFixture
{
    public const string Channel = "killed";
    public const int InFlight = 16;

    // The instance in this process has the channel for its reports, but another one sends.
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => base.Settings.Concat(new Dictionary<string, string?>
    {
        ["Channels:killed:Type"] = "Kannel",
        ["Channels:killed:User"] = Channel,
        ["Channels:killed:Secret"] = KannelSecret,
        ["Channels:killed:SendThrough"] = "kannel",
    });

    public Process StartSender() => StartProcess(new Dictionary<string, string?>
    {
        ["Channels:killed:SendThrough"] = null,
        ["Channels:killed:Numbers:0"] = CityNumber,
        ["Channels:killed:SendUrl"] = Kannel.SendUrl.ToString(),
        ["Channels:killed:SendUser"] = "sender",
        ["Channels:killed:SendPassword"] = "sender-uji",
        ["Channels:killed:StatusUrl"] = "http://127.0.0.1:8080/webhooks/sms/killed/status",
        ["Sending:InFlight"] = InFlight.ToString(CultureInfo.InvariantCulture),
        // A slow machine makes no unknown ones; kills do.
        ["Sending:CallLimit"] = "00:00:10",
    });

    /// <summary>State by our reference, of the SMS of that channel.</summary>
    public async Task<Dictionary<string, string>> StatesAsync()
    {
        var text = await Database.ScalarAsync<string>($"select coalesce(string_agg(id || ' ' || state, ','), '') from sms where channel = '{Channel}'");
        return text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split(' ')).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    }
}
