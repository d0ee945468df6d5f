using System.Net.Http.Json;
using Contracts.Notification;
using InboundSms.Notices;
using Npgsql;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Tests.Notices;

public sealed class HourlyTests(NoticeCity city) : IClassFixture<NoticeCity>
{
    [Fact]
    public async Task NOT_1_whoever_got_messages_within_the_hour_is_told_once_how_many_and_nobody_else()
    {
        var (office, other) = (await city.OfficeAsync(), await city.OfficeAsync());
        await city.UntilAsync(9);
        var answered = await city.SendAsync(office);
        await city.SendAsync(office);
        (await city.Service.Client(office.Clerk).PostAsJsonAsync($"/api/inbound-sms/messages/{answered}/answers", new { text = "Sudah" })).EnsureSuccessStatusCode();
        await city.AfterHoursAsync(1);
        await city.RoundAsync();

        var notice = (await city.ToldAsync(office.Clerk)).ShouldHaveSingleItem();
        notice.Text.ShouldBe($"Pesan masuk {city.Local:dd/MM} 09.00-10.00: 2 dari warga, 1 laporan belum dijawab. Buka SMS Center.");
        (notice.IsUrgent, notice.MayWait, notice.ExpiresAt - city.Service.Clock.GetUtcNow()).ShouldBe((false, true, TimeSpan.FromHours(1)));
        (await city.ToldAsync(office.Head)).ShouldBeEmpty();
        (await city.ToldAsync(other.Clerk)).ShouldBeEmpty();

        await city.AfterHoursAsync(1);
        (await city.ToldAsync(office.Clerk)).ShouldHaveSingleItem();
        await city.SendAsync(office);
        await city.AfterHoursAsync(1);
        (await city.ToldAsync(office.Clerk)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task NOT_1_what_the_secretariat_assigns_or_an_office_forwards_comes_in_where_it_goes_to()
    {
        var (first, second) = (await city.OfficeAsync(), await city.OfficeAsync());
        await city.UntilAsync(9);
        var message = await city.Service.SendAndRouteAsync("XQZWVY tolong", NoticeCity.Citizen());
        var before = (await city.ToldAsync(city.City.Chair)).Count;
        await city.AfterHoursAsync(1);
        (await city.ToldAsync(city.City.Chair)).Count.ShouldBe(before + 1);

        using var chair = city.Service.Client(roles: Roles.Chair);
        (await chair.PostAsJsonAsync($"/api/inbound-sms/messages/{message}/assignment", new { keyword = first.Keyword })).EnsureSuccessStatusCode();
        await city.AfterHoursAsync(1);
        (await city.ToldAsync(first.Clerk)).ShouldHaveSingleItem().Text.ShouldContain(": 1 dari warga, 1 laporan");

        var version = await city.Service.Database.ScalarAsync<long>($"select version from sms_case where first_message_id = '{message}'");
        (await city.Service.Client(first.Clerk).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/forward", new { version, reason = "Bukan urusan kami", keyword = second.Keyword }))
            .EnsureSuccessStatusCode();
        await city.AfterHoursAsync(1);
        (await city.ToldAsync(second.Clerk)).ShouldHaveSingleItem();
        (await city.ToldAsync(first.Clerk)).ShouldHaveSingleItem();
        (await city.ToldAsync(city.City.Chair)).Count.ShouldBe(before + 1);
    }

    [Fact]
    public async Task NOT_1_what_waited_for_the_broker_is_told_of_the_hour_in_which_it_came_into_the_inbox()
    {
        var office = await city.OfficeAsync();
        await city.UntilAsync(9);
        city.Service.BrokerLink.Cut();
        var provider = Guid.CreateVersion7().ToString();
        (await city.Service.SendSmsAsync($"{office.Keyword} keluhan warga", NoticeCity.Citizen(), provider)).EnsureSuccessStatusCode();
        await city.AfterHoursAsync(2);
        (await city.Service.Database.ScalarAsync<long>($"select count(*) from notice_window where official_id = '{office.Clerk}'")).ShouldBe(0);
        city.Service.BrokerLink.Mend();
        await Eventually.TrueAsync(() => city.Service.Database.ScalarAsync<bool>(
            $"select exists (select from case_message c join message m on m.id = c.message_id where m.provider_message_id = '{provider}')"), seconds: 60);
        await city.Service.BusIsHealthyAsync();
        await city.AfterHoursAsync(1);
        (await city.ToldAsync(office.Clerk)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task NOT_1_hours_that_passed_while_everything_was_down_are_told_by_one_notice()
    {
        var office = await city.OfficeAsync();
        await city.UntilAsync(9);
        await city.SendAsync(office);
        city.SetLocal(city.Local.Date.AddHours(10).AddMinutes(30));
        await city.SendAsync(office);
        await city.AfterHoursAsync(3);
        (await city.ToldAsync(office.Clerk)).ShouldHaveSingleItem().Text.ShouldStartWith($"Pesan masuk {city.Local:dd/MM} 09.00-13.00: 2 dari warga");
        await city.AfterHoursAsync(1);
        (await city.ToldAsync(office.Clerk)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task NOT_1_a_clock_that_is_set_back_repeats_no_notice_and_one_that_ran_ahead_stops_none()
    {
        var office = await city.OfficeAsync();
        await city.UntilAsync(9);
        await city.SendAsync(office);
        await city.AfterHoursAsync(1);
        city.SetLocal(city.Local.AddMinutes(-70));
        for (var hours = 0; hours < 2; hours++)
        {
            await city.RoundAsync();
            await city.AfterHoursAsync(1);
        }

        (await city.ToldAsync(office.Clerk)).ShouldHaveSingleItem();

        // Three days ahead for one round: the next hour is told as ever.
        var rightly = city.Local;
        city.SetLocal(rightly.AddDays(3));
        await city.RoundAsync();
        city.SetLocal(rightly);
        await city.RoundAsync();
        await city.SendAsync(office);
        await city.AfterHoursAsync(1);
        (await city.ToldAsync(office.Clerk)).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("update notice_round")]
    [InlineData("FROM case_message")]
    [InlineData("INSERT INTO notice_window")]
    [InlineData("notice_preference")]
    public async Task NOT_1_a_round_that_dies_is_done_by_the_next_and_nobody_is_told_twice(string behind)
    {
        var office = await city.OfficeAsync();
        await city.UntilAsync(9);
        await city.SendAsync(office);
        city.SetLocal(city.Local.Date.AddHours(10).AddMinutes(1));
        city.Service.Connections.BreakBehind(behind);
        var fault = await Record.ExceptionAsync(city.RoundAsync);
        (fault is NpgsqlException or InvalidOperationException or Microsoft.EntityFrameworkCore.DbUpdateException).ShouldBeTrue(fault?.ToString() ?? "it did not die");
        await city.RoundAsync();
        await city.RoundAsync();
        (await city.ToldAsync(office.Clerk)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task NOT_1_what_a_notice_that_did_not_leave_in_time_would_have_told_is_told_by_the_next()
    {
        var office = await city.OfficeAsync();
        await city.UntilAsync(9);
        await city.SendAsync(office);
        await city.AfterHoursAsync(1);
        var notice = (await city.ToldAsync(office.Clerk)).ShouldHaveSingleItem();
        foreach (var (reason, version) in new[] { ("expired", 1), ("expired", 2), ("number-invalid", 3) })
        {
            await city.Service.Bus.PublishAsync(new DeliveryStatusChanged
            {
                SmsId = notice.NoticeId,
                Status = DeliveryStatus.Failed,
                Version = version,
                At = city.Service.Clock.GetUtcNow(),
                Reason = reason,
            });
        }

        await Eventually.TrueAsync(() => city.Service.Database.ScalarAsync<bool>($"select exists (select from notice_held where official_id = '{office.Clerk}')"));
        await city.AfterHoursAsync(1);
        (await city.ToldAsync(office.Clerk))[^1].Text.ShouldStartWith($"Pesan masuk {city.Local:dd/MM} 09.00-11.00: 1 dari warga");
        await city.AfterHoursAsync(1);
        (await city.ToldAsync(office.Clerk)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task NOT_1_a_vacant_post_swallows_nothing_and_who_comes_new_hears_of_the_last_hour_alone()
    {
        var office = await city.OfficeAsync();
        await city.UntilAsync(9);
        await city.SendAsync(office);
        await city.AfterHoursAsync(1);
        await city.Service.Database.ExecuteAsync($"update organisation.assignment set valid_to = '{city.Service.Clock.GetUtcNow():O}' where official_id = '{office.Clerk}'");
        await city.SendAsync(office);
        await city.AfterHoursAsync(1);
        (await city.ToldAsync(office.Clerk)).ShouldHaveSingleItem();
        (await city.ToldAsync(office.Head)).ShouldHaveSingleItem().Text.ShouldContain(": 1 dari warga");

        await city.Service.Database.ExecuteAsync($"update organisation.assignment set valid_to = null where official_id = '{office.Clerk}'");
        await city.AfterHoursAsync(1);
        (await city.ToldAsync(office.Clerk)).ShouldHaveSingleItem();
    }

    [Fact]
    public void NOT_1_a_notice_is_one_segment_whatever_the_counts_and_has_the_same_id_for_the_same_window()
    {
        var link = new string('a', 60);
        foreach (var text in new[] { InboundSms.Resources.InboundSmsTexts.HourlyNotice("31/12 23.00", "00.00", 9999, 9999, link), InboundSms.Resources.InboundSmsTexts.DailyNotice("31/12 15.00", 9999, 9999, link) })
            SmsText.Measure(text).ShouldSatisfyAllConditions(measured => measured.IsGsm.ShouldBeTrue(text), measured => measured.Segments.ShouldBe(1, text));

        var (official, start) = (Guid.CreateVersion7(), city.Service.Clock.GetUtcNow());
        var id = NoticesOf.IdOf(NoticeKind.Hourly, official, start);
        NoticesOf.IdOf(NoticeKind.Hourly, official, start.ToOffset(TimeSpan.FromHours(9))).ShouldBe(id);
        new[] { NoticesOf.IdOf(NoticeKind.Daily, official, start), NoticesOf.IdOf(NoticeKind.Hourly, official, start.AddHours(1)), NoticesOf.IdOf(NoticeKind.Hourly, Guid.CreateVersion7(), start) }
            .ShouldNotContain(id);
    }
}
