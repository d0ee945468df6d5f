using Contracts.Directory;
using Contracts.Notification;
using Notification.Tests.Testing;

namespace Notification.Tests.Sending;

public sealed class NotifyOfficialTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    [Fact]
    public async Task NOT_4_a_notice_goes_to_the_number_of_the_official_once_however_often_it_is_ordered()
    {
        var (official, phone) = await OfficialAsync();
        var notice = Notice(official);
        var messageId = Guid.CreateVersion7();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(at => service.Bus.PublishAsync(notice, at % 2 == 0 ? messageId : Guid.CreateVersion7())));
        await service.StateIsAsync(notice.NoticeId, "AcceptedByProvider");

        // One more behind them all shows that the others have been consumed.
        var last = Notice(official);
        await service.Bus.PublishAsync(last);
        await service.StateIsAsync(last.NoticeId, "AcceptedByProvider");
        service.Kannel.CallsTo(phone).Count.ShouldBe(2);
        (await PurposeAsync(notice.NoticeId)).ShouldBe("Notice");
    }

    [Fact]
    public async Task DIR_5_a_notice_follows_the_number_as_soon_as_it_is_changed()
    {
        var (official, before) = await OfficialAsync();
        var after = NotificationFixture.Number();
        await service.Bus.PublishAsync(new ContactChanged { OfficialId = official, NoticePhone = after, Version = 2 });
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select version = 2 from contacts.contact where official_id = '{official}'"));
        var notice = Notice(official);
        await service.Bus.PublishAsync(notice);
        await service.StateIsAsync(notice.NoticeId, "AcceptedByProvider");
        (service.Kannel.CallsTo(before).Count, service.Kannel.CallsTo(after).Count).ShouldBe((0, 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NOT_4_without_a_number_the_asking_service_hears_it_once(bool isKnown)
    {
        var official = Guid.CreateVersion7();
        if (isKnown)
            (official, _) = await OfficialAsync(hasPhone: false);
        var notice = Notice(official);
        for (var times = 0; times < 3; times++)
            await service.Bus.PublishAsync(notice, Guid.CreateVersion7());
        var told = await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == notice.NoticeId);
        (told.Status, told.Reason, told.Version).ShouldBe((DeliveryStatus.Failed, "no-notice-phone", 1));

        var (other, _) = await OfficialAsync();
        var last = Notice(other);
        await service.Bus.PublishAsync(last);
        await service.StateIsAsync(last.NoticeId, "AcceptedByProvider");
        (await service.HistoryAsync(notice.NoticeId)).ShouldBe(1);
        (await service.Database.ScalarAsync<long>($"select count(*) from sms_content where sms_id = '{notice.NoticeId}'")).ShouldBe(0);
    }

    [Fact]
    public async Task NOT_5_an_urgent_notice_goes_before_answers_and_behind_codes()
    {
        var (official, _) = await OfficialAsync();
        var urgent = Notice(official) with { IsUrgent = true };
        await service.Bus.PublishAsync(urgent);
        var answer = NotificationFixture.Order(NotificationFixture.Number());
        var code = NotificationFixture.Order(NotificationFixture.Number()) with { Purpose = SmsPurpose.OneTimeCode };
        await service.Bus.PublishAsync(answer);
        await service.Bus.PublishAsync(code);
        foreach (var id in new[] { urgent.NoticeId, answer.SmsId, code.SmsId })
            await service.StateIsAsync(id, "AcceptedByProvider");
        (await PurposeAsync(urgent.NoticeId)).ShouldBe("Emergency");
        (await LaneAsync(code.SmsId)).ShouldBeLessThan(await LaneAsync(urgent.NoticeId));
        (await LaneAsync(urgent.NoticeId)).ShouldBeLessThan(await LaneAsync(answer.SmsId));
    }

    [Fact]
    public async Task NOT_4_a_notice_whose_time_is_over_is_not_handed_over()
    {
        var (official, phone) = await OfficialAsync();
        var notice = Notice(official) with { ExpiresAt = service.Clock.GetUtcNow() };
        await service.Bus.PublishAsync(notice);
        (await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == notice.NoticeId)).Reason.ShouldBe("expired");
        service.Kannel.CallsTo(phone).ShouldBeEmpty();
    }

    private static NotifyOfficial Notice(Guid official) =>
        new() { NoticeId = Guid.CreateVersion7(), OfficialId = official, Text = "Kasus 17 (DINKES) belum dijawab." };

    /// <summary>An official whose contact is known to the service.</summary>
    private async Task<(Guid Id, string Phone)> OfficialAsync(bool hasPhone = true)
    {
        var (official, phone) = (Guid.CreateVersion7(), NotificationFixture.Number());
        await service.Bus.PublishAsync(new ContactChanged { OfficialId = official, NoticePhone = hasPhone ? phone : null, Version = 1 });
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select exists (select from contacts.contact where official_id = '{official}')"));
        return (official, phone);
    }

    private Task<string> PurposeAsync(Guid id) => service.Database.ScalarAsync<string>($"select purpose from sms where id = '{id}'");

    private Task<int> LaneAsync(Guid id) => service.Database.ScalarAsync<int>($"select lane::int from sms where id = '{id}'");
}
