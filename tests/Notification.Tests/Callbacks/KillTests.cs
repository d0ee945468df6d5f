using System.Diagnostics;
using System.Net.Http.Json;
using Notification.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Notification.Tests.Callbacks;

/// <summary>Two instances as processes of their own, killed with SIGKILL in turn while they call; applications that fail, are silent and reset. The applications' ledger decides.</summary>
public sealed class KillTests(KilledCallbackFixture service) : IClassFixture<KilledCallbackFixture>
{
    private const int Kills = 10;
    private const int Messages = 15;
    private const int AtOnce = 8;

    private readonly int _seed = Seed.Next();

    [Fact]
    public async Task NOT_4_ten_kills_of_two_instances_lose_no_callback_and_each_message_is_told_in_its_order()
    {
        var random = new Random(_seed);
        var applications = Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7()).ToList();
        foreach (var application in applications)
        {
            (await service.Application(application, Scopes.SendNotifications).PutAsJsonAsync("/api/notifications/callback", new { url = service.Receiver.UrlOf(application) })).EnsureSuccessStatusCode();
            service.Receiver.Script(application, random.GetItems<int>([204, 204, 204, 204, 204, 204, 500, 503, 429, CallbackReceiver.IsSilent, CallbackReceiver.Resets], 40));
            await service.OrderedAsync(application, Messages);
        }

        Process[] instances = [service.StartCaller(), service.StartCaller()];
        for (var kill = 0; kill < Kills; kill++)
        {
            var before = service.Receiver.Calls.Count;
            // The trigger notes what is to be told, whichever path has written it.
            await service.Database.ExecuteAsync("update sms set version = version + 1, state = 'AcceptedByOperator', changed_at = now()");
            await Eventually.TrueAsync(async () => await TimePassesAsync() && service.Receiver.Calls.Count >= before + Messages, seconds: 300);
            await instances[kill % 2].KillAsync();
            instances[kill % 2] = service.StartCaller();
        }

        await Eventually.TrueAsync(async () => await TimePassesAsync()
            && await service.Database.ScalarAsync<bool>("select not exists (select from callback where outcome = 'Waiting')"), seconds: 400);
        foreach (var instance in instances)
            await instance.KillAsync();

        var calls = service.Receiver.Calls;
        var heard = calls.Where(call => call.Answer == 204).ToList();
        (await service.Database.ScalarAsync<long>("select count(*) from callback where outcome = 'Delivered'")).ShouldBe(applications.Count * Messages * Kills, $"seed {_seed}");
        heard.Select(call => (call.Message, call.Version)).Distinct().Count().ShouldBe(applications.Count * Messages * Kills, $"lost, seed {_seed}");
        calls.GroupBy(call => (call.Message, call.Version)).ShouldAllBe(tries => tries.Select(call => call.Id).Distinct().Count() == 1, $"seed {_seed}");
        calls.GroupBy(call => call.Id).ShouldAllBe(tries => tries.Select(call => $"{call.Message} {call.Version}").Distinct().Count() == 1, $"seed {_seed}");
        foreach (var message in calls.GroupBy(call => call.Message))
        {
            // The next one only when the one before it was heard; never again one that was left behind.
            var (last, heardUntil) = (0L, 0L);
            foreach (var call in message)
            {
                (call.Version == last || call.Version == heardUntil + 1)
                    .ShouldBeTrue($"{message.Key}: {string.Join(' ', message.Select(one => $"{one.Version}/{one.Answer}"))}, seed {_seed}");
                (last, heardUntil) = (call.Version, call.Answer == 204 ? call.Version : heardUntil);
            }
        }

        // What was heard twice was heard by somebody whose caller was killed before it knew.
        (heard.Count - (applications.Count * Messages * Kills)).ShouldBeLessThanOrEqualTo(Kills * AtOnce * applications.Count, $"seed {_seed}");
    }

    /// <summary>A minute or an hour may as well be over for what is not on the wire: a call takes two seconds at most.</summary>
    private async Task<bool> TimePassesAsync()
    {
        await service.Database.ExecuteAsync("""
            update callback set next_attempt_at = now() where outcome = 'Waiting' and last_attempt_at < now() - interval '12 seconds' and next_attempt_at > now();
            update callback_address set rests_until = null where rests_until is not null
            """);
        return true;
    }
}

public sealed class KilledCallbackFixture : CallbackFixture
{
    // The instance in this process stands in a January that is over: nothing is due there.
    public Process StartCaller() => StartProcess(new Dictionary<string, string?> { ["Callbacks:CallLimit"] = "00:00:02" });

    /// <summary>SMS of an application that are at a provider.</summary>
    public Task OrderedAsync(Guid application, int count) => Database.ExecuteAsync($"""
        with sent as (
          insert into sms (id, purpose, lane, channel, sent_by, reference, state, segments, created_at, changed_at, expires_at, next_attempt_at, attempts, lease_no, intent_at)
          select id, 'Notice', 40, 'generic', 'generic', id::text, 'AcceptedByProvider', 1, now(), now(), now() + interval '1 hour', now(), 1, 1, now()
          from (select gen_random_uuid() as id from generate_series(1, {count})) as ids returning id)
        insert into application_message (message_id, kind, application_id, is_test, segments, created_at) select id, 'Sms', '{application}', false, 1, now() from sent
        """);
}
