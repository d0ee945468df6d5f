using Contracts.Notification;
using Microsoft.Extensions.DependencyInjection;
using Notification.Providers;
using Notification.Sending;
using Notification.Tests.Testing;

namespace Notification.Tests.Sending;

/// <summary>Channels without a provider: nobody but the test takes from them, at the instants that it chooses.</summary>
public sealed class RateFixture : NotificationFixture
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => base.Settings.Concat(new Dictionary<string, string?>
    {
        ["Sending:Limits:account:Segments"] = "10",
        ["Sending:Limits:account:Channels:0"] = "north",
        ["Sending:Limits:account:Channels:1"] = "south",
        ["Sending:Limits:operator:Segments"] = "2",
        ["Sending:Limits:operator:Channels:0"] = "prefixed",
        ["Sending:Limits:operator:Prefixes:0"] = "+62811",
        ["Sending:Limits:operator:Prefixes:1"] = "+62812",
        ["Sending:Limits:calm:Segments"] = "10",
        ["Sending:Limits:calm:Channels:0"] = "calm",
        ["Sending:Limits:daily:Segments"] = "100",
        ["Sending:Limits:daily:Per"] = "01:00:00",
        ["Sending:Limits:daily:Burst"] = "5",
        ["Sending:Limits:daily:Channels:0"] = "slow",
    });
}

public sealed class RateTests(RateFixture service) : IClassFixture<RateFixture>
{
    [Fact]
    public async Task NOT_4_an_account_gets_its_segments_a_second_over_two_instances_and_two_channels_and_a_broadcast_its_share()
    {
        await service.StartInstanceAsync();
        foreach (var channel in new[] { "north", "south" })
            await service.QueueAsync(SmsPurpose.Broadcast, 200, channel, "'+62813' || lpad(i::text, 5, '0') || '100'");
        await service.Database.ExecuteAsync("update sms set segments = 2 where sent_by = 'north'");

        var alone = await RunAsync(TimeSpan.FromSeconds(6), ["north", "south"]);
        MostInASecond(alone).ShouldBeLessThanOrEqualTo(10);
        alone.Sum(sms => sms.Segments).ShouldBeInRange(46, 50);

        // Notices use what the broadcast must leave.
        await service.QueueAsync(SmsPurpose.Notice, 200, "south", "'+62814' || lpad(i::text, 5, '0') || '100'");
        var both = await RunAsync(TimeSpan.FromSeconds(6), ["north", "south"]);
        MostInASecond(both).ShouldBeLessThanOrEqualTo(11);
        both.Sum(sms => sms.Segments).ShouldBeInRange(57, 62);
    }

    [Fact]
    public async Task NOT_4_an_operators_prefixes_hold_back_their_numbers_and_no_others()
    {
        await service.QueueAsync(SmsPurpose.Notice, 100, "prefixed", "'+62811' || lpad(i::text, 5, '0') || '100'");
        await service.QueueAsync(SmsPurpose.Notice, 100, "prefixed", "'+62857' || lpad(i::text, 5, '0') || '100'");
        await service.Database.ExecuteAsync("update sms set next_attempt_at = next_attempt_at - interval '1 hour' where id in (select sms_id from sms_content where number like '+62811%')");
        var gone = await RunAsync(TimeSpan.FromSeconds(5), ["prefixed"]);
        gone.Count(sms => sms.To.StartsWith("+62857", StringComparison.Ordinal)).ShouldBe(100);
        gone.Count(sms => sms.To.StartsWith("+62811", StringComparison.Ordinal)).ShouldBeInRange(9, 11);
    }

    [Fact]
    public async Task NOT_4_after_a_rest_a_burst_may_go_at_once_and_then_the_pace_holds()
    {
        await service.QueueAsync(SmsPurpose.Notice, 50, "slow", "'+62815' || lpad(i::text, 5, '0') || '100'");
        (await LeaseAsync("slow")).Count.ShouldBe(5);
        (await LeaseAsync("slow")).ShouldBeEmpty();
        service.Clock.Advance(TimeSpan.FromSeconds(36));
        (await LeaseAsync("slow")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task NOT_4_a_limit_is_looked_at_again_only_where_something_waits_for_it()
    {
        var due = service.Services.GetRequiredService<LeaseDueSms>();
        (await due.LeaseAsync("calm", Lanes.Patient, 16)).MoreAt.ShouldBeNull();
        await service.QueueAsync(SmsPurpose.Notice, 50, "calm", "'+62816' || lpad(i::text, 5, '0') || '100'");
        (await due.LeaseAsync("calm", Lanes.Patient, 16)).MoreAt.ShouldNotBeNull();
    }

    /// <summary>Both instances ask for both channels at each hundredth of a second.</summary>
    private async Task<List<SmsToSend>> RunAsync(TimeSpan duration, string[] channels)
    {
        var gone = new List<SmsToSend>();
        for (var passed = TimeSpan.Zero; passed < duration; passed += TimeSpan.FromMilliseconds(20))
        {
            foreach (var leased in await Task.WhenAll(channels.SelectMany(channel => service.Instances.Select(instance => LeaseAsync(channel, instance)))))
                gone.AddRange(leased);
            service.Clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        return gone;
    }

    private async Task<IReadOnlyList<SmsToSend>> LeaseAsync(string channel, IServiceProvider? instance = null) =>
        (await (instance ?? service.Services).GetRequiredService<LeaseDueSms>().LeaseAsync(channel, Lanes.Patient, 16)).Sms;

    private static int MostInASecond(List<SmsToSend> gone) => gone.Max(first =>
        gone.Where(sms => sms.StartAt >= first.StartAt && sms.StartAt < first.StartAt.AddSeconds(1)).Sum(sms => sms.Segments));
}
