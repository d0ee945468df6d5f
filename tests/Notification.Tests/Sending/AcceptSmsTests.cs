using Contracts.Notification;
using Notification.Tests.Testing;

namespace Notification.Tests.Sending;

public sealed class AcceptSmsTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    [Fact]
    public async Task NOT_4_an_sms_that_is_ordered_often_is_handed_over_once()
    {
        var to = NotificationFixture.Number();
        var order = NotificationFixture.Order(to);
        var messageId = Guid.CreateVersion7();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(at => service.Bus.PublishAsync(order, at % 2 == 0 ? messageId : Guid.CreateVersion7())));
        await service.StateIsAsync(order.SmsId, "AcceptedByProvider");

        // One more behind them all shows that the others have been consumed.
        var last = await service.SendAsync(NotificationFixture.Number());
        await service.StateIsAsync(last, "AcceptedByProvider");
        service.Kannel.CallsTo(to).Count.ShouldBe(1);
        (await service.Database.ScalarAsync<int>($"select lease_no from sms where id = '{order.SmsId}'")).ShouldBe(1);
        // A repeat ends without trace; MassTransit would keep it, with number and words, where nobody looks.
        (await Servers.QueuesAsync(service.VirtualHost)).Select(queue => queue.GetProperty("name").GetString())
            .ShouldNotContain(name => name!.EndsWith("_skipped", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bukan nomor", "halo", "kannel", null, "number-invalid")]
    [InlineData("123", "halo", "kannel", null, "number-invalid")]
    [InlineData("+6221555123", "halo", "kannel", null, "number-invalid")]
    [InlineData("+6281234567890", "", "kannel", null, "text-invalid")]
    [InlineData("+6281234567890", "nol \0", "kannel", null, "text-invalid")]
    [InlineData("+6281234567890", "halo", "tidak-ada", null, "channel-unknown")]
    [InlineData("+6281234567890", "halo", "generic", null, "channel-unknown")]
    [InlineData("+6281234567890", "halo", "kannel", "+62\r\nX-Kannel-To: 1", "sender-invalid")]
    public async Task NOT_4_what_can_never_be_sent_is_failed_with_its_reason(string to, string text, string channel, string? from, string reason)
    {
        var order = NotificationFixture.Order(to, channel, text) with { From = from };
        await service.Bus.PublishAsync(order);
        var told = await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == order.SmsId);
        (told.Status, told.Reason, told.Version).ShouldBe((DeliveryStatus.Failed, reason, 1));
        (await service.Database.ScalarAsync<long>($"select count(*) from sms_content where sms_id = '{order.SmsId}'")).ShouldBe(0);
    }

    [Fact]
    public async Task NOT_4_what_names_no_channel_leaves_by_the_default_one_and_a_code_goes_before_an_answer()
    {
        var order = NotificationFixture.Order(NotificationFixture.Number()) with { Channel = "", Purpose = SmsPurpose.OneTimeCode };
        var answer = NotificationFixture.Order(NotificationFixture.Number());
        await service.Bus.PublishAsync(order);
        await service.Bus.PublishAsync(answer);
        await service.StateIsAsync(order.SmsId, "AcceptedByProvider");
        await service.StateIsAsync(answer.SmsId, "AcceptedByProvider");
        (await service.Database.ScalarAsync<string>($"select channel from sms where id = '{order.SmsId}'")).ShouldBe("kannel");
        (await service.Database.ScalarAsync<bool>(
            $"select (select lane from sms where id = '{order.SmsId}') < (select lane from sms where id = '{answer.SmsId}')")).ShouldBeTrue();
    }

    [Fact]
    public async Task NOT_4_a_text_over_the_limit_is_failed()
    {
        var id = await service.SendAsync(NotificationFixture.Number(), text: new string('a', 1601));
        (await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id)).Reason.ShouldBe("text-invalid");
    }

    [Fact]
    public async Task NOT_4_what_came_too_late_is_not_handed_over()
    {
        var to = NotificationFixture.Number();
        var order = NotificationFixture.Order(to) with { ExpiresAt = service.Clock.GetUtcNow() };
        await service.Bus.PublishAsync(order);
        var told = await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == order.SmsId);
        (told.Status, told.Reason).ShouldBe((DeliveryStatus.Failed, "expired"));
        service.Kannel.CallsTo(to).ShouldBeEmpty();
    }
}
