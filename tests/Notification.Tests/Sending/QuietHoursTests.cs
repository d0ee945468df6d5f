using Contracts.Directory;
using Contracts.Notification;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Notification.Tests.Testing;
using ServiceDefaults;

namespace Notification.Tests.Sending;

public sealed class QuietHoursTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    private static readonly TimeSpan Zone = TimeSpan.FromHours(7);

    [Fact]
    public async Task NOT_5_at_night_what_can_wait_waits_for_the_morning_and_nothing_else_does()
    {
        var (official, phone) = await OfficialAsync();
        await NextAsync(22);
        var notice = Notice(official) with { MayWait = true };
        await service.Bus.PublishAsync(notice);
        var broadcast = NotificationFixture.Order(NotificationFixture.Number()) with { Purpose = SmsPurpose.Broadcast, ExpiresAt = service.Clock.GetUtcNow().AddDays(1) };
        await service.Bus.PublishAsync(broadcast);
        // What is ordered behind them leaves before them: a deadline, an emergency, a code, the answers of the system and of officials.
        var others = new List<Guid>();
        foreach (var urgent in new[] { false, true })
        {
            var asked = Notice(official) with { IsUrgent = urgent };
            await service.Bus.PublishAsync(asked);
            others.Add(asked.NoticeId);
        }

        foreach (var purpose in new[] { SmsPurpose.Answer, SmsPurpose.AutoAnswer, SmsPurpose.OneTimeCode, SmsPurpose.Emergency, SmsPurpose.Notice })
        {
            var order = NotificationFixture.Order(NotificationFixture.Number()) with { Purpose = purpose };
            await service.Bus.PublishAsync(order);
            others.Add(order.SmsId);
        }

        foreach (var id in others)
            await service.StateIsAsync(id, "AcceptedByProvider");
        foreach (var id in new[] { notice.NoticeId, broadcast.SmsId })
        {
            await HeldAsync(id);
            (await service.StateAsync(id)).ShouldBe("Queued");
        }

        service.Kannel.CallsTo(phone).Count.ShouldBe(2);
        // Nobody calls it a fault that they wait.
        (await service.Client().GetStringAsync("/health/ready")).ShouldNotContain("an SMS waits");
        await NextAsync(6);
        await service.StateIsAsync(notice.NoticeId, "AcceptedByProvider");
        await service.StateIsAsync(broadcast.SmsId, "AcceptedByProvider");
    }

    [Fact]
    public async Task NOT_5_what_has_not_left_when_quiet_hours_begin_goes_on_behind_them()
    {
        var (official, phone) = await OfficialAsync();
        await NextAsync(20);
        service.Kannel.Script(phone, FaultyKannel.Says(StatusCodes.Status503ServiceUnavailable, "Temporal failure, try again later."));
        var notice = Notice(official) with { MayWait = true };
        await service.Bus.PublishAsync(notice);
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select exists (select from sms where id = '{notice.NoticeId}' and state = 'Queued' and attempts = 1)"));
        await NextAsync(21);
        await HeldAsync(notice.NoticeId);
        // Nor does it leave when it is given to another provider, which is to try at once.
        await service.Database.ExecuteAsync($"update sms set next_attempt_at = '{service.Clock.GetUtcNow():O}' where id = '{notice.NoticeId}'");
        var calls = service.Kannel.CallsTo(phone).Count;
        await service.StateIsAsync(await service.SendAsync(NotificationFixture.Number()), "AcceptedByProvider");
        service.Kannel.CallsTo(phone).Count.ShouldBe(calls);
        await NextAsync(6);
        await Eventually.TrueAsync(() => Task.FromResult(service.Kannel.CallsTo(phone).Count > calls));
    }

    [Fact]
    public async Task NOT_5_an_official_has_quiet_hours_of_his_own_or_none()
    {
        var ((napping, _), (awake, _)) = (await OfficialAsync(), await OfficialAsync());
        foreach (var (official, from, to) in new[] { (napping, "12:00", "14:00"), (awake, "00:00", "00:00") })
        {
            (await System.Net.Http.Json.HttpClientJsonExtensions.PutAsJsonAsync(service.Client(official), "/api/notifications/preferences",
                new { hourlyNotices = true, quietFrom = from, quietTo = to })).EnsureSuccessStatusCode();
        }

        await NextAsync(13);
        var (held, sent) = (Notice(napping) with { MayWait = true }, Notice(awake) with { MayWait = true });
        await service.Bus.PublishAsync(held);
        await service.Bus.PublishAsync(sent);
        await service.StateIsAsync(sent.NoticeId, "AcceptedByProvider");
        await HeldAsync(held.NoticeId);
        await NextAsync(14);
        await service.StateIsAsync(held.NoticeId, "AcceptedByProvider");

        await NextAsync(23);
        var (napped, atNight) = (Notice(napping) with { MayWait = true }, Notice(awake) with { MayWait = true });
        await service.Bus.PublishAsync(napped);
        await service.Bus.PublishAsync(atNight);
        await service.StateIsAsync(napped.NoticeId, "AcceptedByProvider");
        await service.StateIsAsync(atNight.NoticeId, "AcceptedByProvider");
    }

    [Theory]
    [InlineData("21:00-06:00", "2026-12-31T20:59:59.999", null)]
    [InlineData("21:00-06:00", "2026-12-31T21:00", "2027-01-01T06:00")]
    [InlineData("21:00-06:00", "2027-01-01T05:59:59.999", "2027-01-01T06:00")]
    [InlineData("21:00-06:00", "2027-01-01T06:00", null)]
    [InlineData("21:00-06:00", "2028-02-28T23:59", "2028-02-29T06:00")]
    [InlineData("12:00-14:00", "2028-02-29T13:00", "2028-02-29T14:00")]
    [InlineData("12:00-14:00", "2028-02-29T14:00", null)]
    [InlineData("22:00-00:00", "2027-12-31T23:30", "2028-01-01T00:00")]
    [InlineData("22:00-00:00", "2028-01-01T00:00", null)]
    [InlineData("06:00-06:00", "2028-01-01T06:00", null)]
    [InlineData("", "2028-01-01T06:00", null)]
    public void NOT_5_T5_quiet_hours_are_of_the_citys_clock_and_of_no_width_when_they_end_where_they_begin(string hours, string local, string? end)
    {
        foreach (var zone in new[] { "Asia/Jakarta", "Asia/Jayapura", "UTC" })
        {
            var city = new CityTime(Options.Create(new CityOptions { TimeZone = zone, QuietHours = hours }));
            city.QuietHours.EndAt(At(local), city).ShouldBe(end is null ? null : At(end));

            DateTimeOffset At(string text) => city.At(DateOnly.FromDateTime(Parsed(text)), TimeOnly.FromDateTime(Parsed(text)));
        }

        static DateTime Parsed(string text) => DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("21:00")]
    [InlineData("21-06")]
    [InlineData("25:00-06:00")]
    [InlineData("21:00-06:00-07:00")]
    public void NOT_5_quiet_hours_that_are_none_stop_the_start(string hours) =>
        Should.Throw<FormatException>(() => new CityTime(Options.Create(new CityOptions { QuietHours = hours })));

    private NotifyOfficial Notice(Guid official) =>
        new() { NoticeId = Guid.CreateVersion7(), OfficialId = official, Text = "Pesan masuk: 3 dari warga.", ExpiresAt = service.Clock.GetUtcNow().AddDays(1) };

    private async Task<(Guid Id, string Phone)> OfficialAsync()
    {
        var (official, phone) = (Guid.CreateVersion7(), NotificationFixture.Number());
        await service.Bus.PublishAsync(new ContactChanged { OfficialId = official, NoticePhone = phone, Version = 1 });
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select exists (select from contacts.contact where official_id = '{official}')"));
        return (official, phone);
    }

    private Task HeldAsync(Guid id) => Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select exists (select from sms where id = '{id}' and not_before is not null)"));

    /// <summary>To the next time at which the city's clock shows this hour; whoever is signed in stays so.</summary>
    private async Task NextAsync(int hour)
    {
        var now = service.Clock.GetUtcNow().ToOffset(Zone);
        var next = now.Date.AddHours(hour);
        service.Clock.Advance(new DateTimeOffset(next > now.DateTime ? next : next.AddDays(1), Zone) - now);
        await service.SignInIsFreshAsync();
    }
}
