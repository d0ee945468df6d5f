using InboundSms.Tests.Deadlines;

namespace InboundSms.Tests.Notices;

public sealed class QuietTests(NoticeCity city) : IClassFixture<NoticeCity>
{
    [Fact]
    public async Task NOT_5_what_comes_in_at_night_is_told_by_one_notice_in_the_morning()
    {
        var office = await city.OfficeAsync();
        await city.UntilAsync(20);
        for (var hour = 20; hour < 24; hour++)
        {
            await city.SendAsync(office);
            await city.AfterHoursAsync(1);
        }

        // It is night when 20.00-21.00 is over.
        var before = await HourlyAsync(office);
        before.ShouldBeEmpty();
        await city.UntilAsync(6);
        (await HourlyAsync(office)).ShouldHaveSingleItem().ShouldStartWith($"Pesan masuk {city.Local.AddDays(-1):dd/MM} 20.00-06.00: 4 dari warga");
        await city.UntilAsync(9);
        (await HourlyAsync(office)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task NOT_5_an_official_has_quiet_hours_of_his_own_or_none()
    {
        var (early, never) = (await city.OfficeAsync(), await city.OfficeAsync());
        await city.ChooseAsync(early.Clerk, quietFrom: "12:00", quietTo: "14:00");
        await city.ChooseAsync(never.Clerk, quietFrom: "00:00", quietTo: "00:00");
        await city.UntilAsync(11);
        await city.SendAsync(early);
        await city.UntilAsync(13);
        (await HourlyAsync(early)).ShouldBeEmpty();
        await city.UntilAsync(14);
        (await HourlyAsync(early)).ShouldHaveSingleItem();

        await city.UntilAsync(22);
        await city.SendAsync(early);
        await city.SendAsync(never);
        await city.AfterHoursAsync(1);
        (await HourlyAsync(early)).Count.ShouldBe(2);
        (await HourlyAsync(never)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task NOT_5_hourly_notices_can_be_switched_off_but_neither_the_daily_one_nor_what_cannot_wait()
    {
        var office = await city.OfficeAsync();
        await city.ChooseAsync(office.Clerk, hourly: false);
        await city.UntilAsync(13);
        await city.SendAsync(office);
        await city.Service.SendAndRouteAsync($"{office.Keyword} ada kebakaran", NoticeCity.Citizen());
        await city.UntilAsync(15);
        (await city.ToldAsync(office.Clerk)).ShouldHaveSingleItem().Text.ShouldStartWith("Belum dijawab");
        await Eventually.TrueAsync(() => Task.FromResult(city.Service.Bus.Received<Contracts.Notification.NotifyOfficial>()
            .Any(notice => notice.OfficialId == office.Clerk && notice is { IsUrgent: true, MayWait: false })));

        await city.ChooseAsync(office.Clerk, version: 2);
        await city.AfterHoursAsync(1);
        (await HourlyAsync(office)).ShouldBeEmpty();
        await city.SendAsync(office);
        await city.AfterHoursAsync(1);
        (await HourlyAsync(office)).ShouldHaveSingleItem().ShouldContain(": 1 dari warga");
    }

    private async Task<List<string>> HourlyAsync(LateCity.Office office) =>
        [.. (await city.ToldAsync(office.Clerk)).Select(notice => notice.Text).Where(text => text.StartsWith("Pesan masuk", StringComparison.Ordinal))];
}
