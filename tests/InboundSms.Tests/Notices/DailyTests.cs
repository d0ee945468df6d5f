using System.Net.Http.Json;
using InboundSms.Tests.Deadlines;

namespace InboundSms.Tests.Notices;

public sealed class DailyTests(NoticeCity city) : IClassFixture<NoticeCity>
{
    private const string Daily = "Belum dijawab";

    [Fact]
    public async Task NOT_2_who_has_not_answered_messages_of_the_day_is_told_once_that_day()
    {
        var (office, diligent) = (await city.OfficeAsync(), await city.OfficeAsync());
        await city.UntilAsync(9);
        var (_, answered) = (await city.SendAsync(office), await city.SendAsync(diligent));
        await AnswerAsync(answered, diligent);
        await city.UntilAsync(14);
        await city.SendAsync(office);
        (await DailyAsync(office)).ShouldBeEmpty();
        await city.UntilAsync(15);
        (await DailyAsync(office)).ShouldBe([$"Belum dijawab per {city.Local:dd/MM} 15.01: 2 laporan, 1 di antaranya terlambat. Buka SMS Center."]);
        (await DailyAsync(diligent)).ShouldBeEmpty();
        (await city.ToldAsync(office.Clerk)).ShouldAllBe(notice => notice.Payer == office.Keyword);

        // Nothing of the next day is unanswered: the ladder is what asks for older ones.
        await city.UntilAsync(15);
        (await DailyAsync(office)).ShouldHaveSingleItem();
        // What comes in the evening is of the day that ends with the next notice.
        await city.UntilAsync(19);
        await city.SendAsync(office);
        await city.UntilAsync(15);
        (await DailyAsync(office)).Count.ShouldBe(2);
        (await DailyAsync(office))[1].ShouldContain(": 1 laporan");
    }

    [Fact]
    public async Task NOT_2_an_official_is_told_at_the_time_that_he_has_chosen_and_once_a_day_though_he_chooses_anew()
    {
        var office = await city.OfficeAsync();
        await city.ChooseAsync(office.Clerk, dailyAt: "08:00");
        await city.UntilAsync(7);
        await city.SendAsync(office);
        await city.UntilAsync(8);
        (await DailyAsync(office)).ShouldHaveSingleItem();
        await city.ChooseAsync(office.Clerk, dailyAt: "10:00", version: 2);
        // An older choice that comes late changes nothing.
        await city.ChooseAsync(office.Clerk, dailyAt: "09:00", version: 1);
        await city.UntilAsync(15);
        (await DailyAsync(office)).ShouldHaveSingleItem();
        await city.SendAsync(office);
        await city.UntilAsync(9);
        (await DailyAsync(office)).ShouldHaveSingleItem();
        await city.UntilAsync(10);
        (await DailyAsync(office)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task NOT_2_a_day_that_passed_while_everything_was_down_is_told_late_once_and_the_next_at_its_time()
    {
        var office = await city.OfficeAsync();
        await city.UntilAsync(9);
        await city.SendAsync(office);
        await city.AfterHoursAsync(23);
        (await DailyAsync(office)).ShouldHaveSingleItem().ShouldContain(": 1 laporan, 1 di antaranya");
        await city.SendAsync(office);
        await city.UntilAsync(15);
        (await DailyAsync(office)).Count.ShouldBe(2);
    }

    private async Task<List<string>> DailyAsync(LateCity.Office office) =>
        [.. (await city.ToldAsync(office.Clerk)).Select(notice => notice.Text).Where(text => text.StartsWith(Daily, StringComparison.Ordinal))];

    private async Task AnswerAsync(Guid message, LateCity.Office office) =>
        (await city.Service.Client(office.Clerk).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text = "Sudah kami tangani" })).EnsureSuccessStatusCode();
}
