using Contracts.Notification;
using Notification.Tests.Testing;

namespace Notification.Tests.Sending;

public sealed class LaneTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    [Fact]
    public async Task NOT_4_an_answer_does_not_wait_for_a_hundred_thousand_of_a_broadcast()
    {
        // The provider keeps every call of the broadcast open: whatever waited for one of them would wait for ever.
        var release = new TaskCompletionSource();
        var broadcast = NotificationFixture.Number()[..^3];
        service.Kannel.ScriptAll(broadcast, FaultyKannel.AnswersAfter(release.Task));
        await service.QueueAsync(SmsPurpose.Broadcast, 100_000, "kannel", $"'{broadcast}' || lpad((i % 1000)::text, 3, '0')");
        await Eventually.TrueAsync(() => Task.FromResult(service.Kannel.CallsWith(broadcast) == NotificationFixture.PatientInFlight));

        foreach (var purpose in new[] { SmsPurpose.Answer, SmsPurpose.OneTimeCode, SmsPurpose.Emergency, SmsPurpose.AutoAnswer })
        {
            var order = NotificationFixture.Order(NotificationFixture.Number()) with { Purpose = purpose };
            await service.Bus.PublishAsync(order);
            await service.StateIsAsync(order.SmsId, "AcceptedByProvider");
        }

        service.Kannel.CallsWith(broadcast).ShouldBe(NotificationFixture.PatientInFlight);
        await service.Database.ExecuteAsync("""
            delete from sms_content where sms_id in (select id from sms where state = 'Queued');
            delete from sms where state = 'Queued'
            """);
        release.SetResult();
    }

    [Fact]
    public async Task NOT_4_what_goes_next_is_the_notice_and_then_the_broadcast()
    {
        var held = service.Clock.GetUtcNow().AddSeconds(10);
        await service.QueueAsync(SmsPurpose.Broadcast, 500, "sandbox", "'+62813' || lpad(i::text, 5, '1') || '100'", held);
        await service.QueueAsync(SmsPurpose.Notice, 100, "sandbox", "'+62814' || lpad(i::text, 5, '1') || '100'", held);
        service.Clock.Advance(TimeSpan.FromSeconds(11));
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>(
            "select not exists (select from sms where sent_by = 'sandbox' and state in ('Queued', 'Intent'))"));
        Task<double> MeanPlaceAsync(SmsPurpose purpose) => service.Database.ScalarAsync<double>($"""
            select avg(e.seq)::float8 from delivery_event e join sms s on s.id = e.sms_id
            where s.purpose = '{purpose}' and s.next_attempt_at = '{held:O}' and e.source = 'answer'
            """);
        (await MeanPlaceAsync(SmsPurpose.Notice)).ShouldBeLessThan(await MeanPlaceAsync(SmsPurpose.Broadcast));
    }

    [Theory]
    [InlineData(SmsPurpose.OneTimeCode, 10)]
    [InlineData(SmsPurpose.Emergency, 6 * 60)]
    [InlineData(SmsPurpose.Answer, 24 * 60)]
    [InlineData(SmsPurpose.Notice, 12 * 60)]
    [InlineData(SmsPurpose.Broadcast, 24 * 60)]
    public async Task NOT_4_how_long_an_sms_may_wait_depends_on_its_purpose(SmsPurpose purpose, int minutes)
    {
        var order = NotificationFixture.Order(NotificationFixture.Number(), channel: "sandbox") with { Purpose = purpose };
        await service.Bus.PublishAsync(order);
        await service.StateIsAsync(order.SmsId, "Delivered");
        (await service.Database.ScalarAsync<double>($"select extract(epoch from expires_at - created_at)::float8 / 60 from sms where id = '{order.SmsId}'"))
            .ShouldBe(minutes);
    }
}
