using Notification.Tests.Testing;

namespace Notification.Tests.Sending;

public sealed class ImpatientFixture : NotificationFixture
{
    protected override int BreakAfter => 4;
}

public sealed class CircuitTests(ImpatientFixture service) : IClassFixture<ImpatientFixture>
{
    [Fact]
    public async Task NOT_4_a_channel_that_fails_rests_counts_no_attempts_and_holds_up_no_other()
    {
        for (var i = 0; i < 12; i++)
            await service.SendAsync(NotificationFixture.Number(), channel: "away");
        await Eventually.TrueAsync(async () => await service.Database.ScalarAsync<long>("select count(*) from delivery_event where channel = 'away'") >= 4);
        await Eventually.TrueAsync(async () => await service.Database.ScalarAsync<long>("select count(*) from sms where state = 'Intent'") == 0);

        await service.StateIsAsync(await service.SendAsync(NotificationFixture.Number(), channel: "sandbox"), "Delivered");
        await service.StateIsAsync(await service.SendAsync(NotificationFixture.Number()), "AcceptedByProvider");
        // The clock stands still, so the channel rests: what is due from now on is not even tried.
        var late = await service.SendAsync(NotificationFixture.Number(), channel: "away");
        await service.StateIsAsync(late, "Queued");
        await service.StateIsAsync(await service.SendAsync(NotificationFixture.Number(), channel: "sandbox"), "Delivered");
        (await service.Database.ScalarAsync<int>($"select attempts from sms where id = '{late}'")).ShouldBe(0);

        var tried = await service.Database.ScalarAsync<long>("select count(*) from delivery_event where channel = 'away'");
        service.Clock.Advance(TimeSpan.FromSeconds(6));
        await Eventually.GetAsync(() => service.Database.ScalarAsync<long>("select count(*) from delivery_event where channel = 'away'"), count => count > tried);
        (await service.Database.ScalarAsync<long>("select count(*) from sms where state = 'Uncertain'")).ShouldBe(0);
    }
}
