using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Notification;
using InboundSms.Resources;
using InboundSms.Tests.Testing;

namespace InboundSms.Tests.Abuse;

public sealed class SenderTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_2_a_flood_of_one_number_becomes_one_case_of_each_addressee_with_all_messages_and_one_entry_of_the_history()
    {
        var sent = new List<Guid>();
        for (var n = 0; n < 15; n++)
            sent.Add(await fixture.SendAndRouteAsync($"{(n % 2 == 0 ? "DINKES" : "DPU")} banjir pesan {n}", "+6281280000001"));
        (await CasesAsync("+6281280000001")).ShouldBe(10);
        foreach (var (last, official, messages) in new[] { (sent[9], fixture.DpuOfficial, 3), (sent[8], fixture.DinkesOfficial, 4) })
        {
            (await Database<long>($"""
                select count(*) from case_event e join case_message m on m.case_id = e.case_id where m.message_id = '{last}' and e.kind in ('FloodFolded', 'MessageJoined')
                """)).ShouldBe(1);
            var shown = await fixture.Client(official).GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{last}");
            shown.GetProperty("conversation").GetArrayLength().ShouldBe(messages);
        }
    }

    [Fact]
    public async Task SMS_2_ten_messages_an_hour_are_no_flood_and_an_hour_later_the_count_begins_anew()
    {
        for (var n = 0; n < 10; n++)
            await fixture.SendAndRouteAsync($"DINKES banyak urusan {n}", "+6281280000002");
        (await CasesAsync("+6281280000002")).ShouldBe(10);
        fixture.Clock.Advance(TimeSpan.FromMinutes(61));
        try
        {
            await fixture.SendAndRouteAsync("DINKES urusan kesebelas", "+6281280000002");
            (await CasesAsync("+6281280000002")).ShouldBe(11);
        }
        finally
        {
            fixture.Clock.Advance(TimeSpan.FromMinutes(-61));
        }
    }

    [Fact]
    public async Task SMS_8_secrecy_asked_for_in_a_flood_holds_for_its_case()
    {
        for (var n = 0; n < 10; n++)
            await fixture.SendAndRouteAsync($"DINKES deras {n}", "+6281280000003");
        var secret = await fixture.SendAndRouteAsync("RAHASIA DINKES jangan dimuat", "+6281280000003");
        (await Database<bool>($"select is_secret from sms_case c join case_message m on m.case_id = c.id where m.message_id = '{secret}'")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("DINKES kasus lama", 89, true)]
    [InlineData("DINKES kasus lama", 91, false)]
    [InlineData("TAKDIKENAL kasus lama", 89, true)]
    [InlineData("TAKDIKENAL kasus lama", 91, false)]
    public async Task SMS_2_after_three_silent_months_a_number_can_be_another_persons_and_joins_no_old_case(string opening, int days, bool joins)
    {
        var number = $"+62812810{days:000}{(opening[0] == 'D' ? 1 : 2)}";
        var old = await fixture.SendAndRouteAsync(opening, number);
        await BackdateAsync(old, days);
        var late = await fixture.SendAndRouteAsync("tanpa kata kunci", number);
        (await Database<bool>($"""
            select (select case_id from case_message where message_id = '{old}') = (select case_id from case_message where message_id = '{late}')
            """)).ShouldBe(joins);
    }

    [Theory]
    [InlineData("+6281280000021", 89, true)]
    [InlineData("+6281280000022", 91, false)]
    public async Task SMS_2_CEK_tells_nothing_of_a_case_from_before_to_whom_the_number_can_have_been_given(string number, int days, bool tells)
    {
        var old = await fixture.SendAndRouteAsync("DINKES kasus rahasia dagang", number);
        await BackdateAsync(old, days);
        var caseNumber = await Database<long>($"select number from sms_case where first_message_id = '{old}'");
        (await fixture.SendSmsAsync($"CEK {caseNumber}", number)).EnsureSuccessStatusCode();
        var told = (await fixture.Bus.GetAsync<SendSms>(sms => sms.To == number)).Text;
        (told != InboundSmsTexts.CaseNotFound(caseNumber)).ShouldBe(tells, told);
    }

    [Fact]
    public async Task SMS_3_CEK_is_not_answered_after_STOP()
    {
        const string number = "+6281280000023";
        var id = await fixture.SendAndRouteAsync("DINKES sudah sampai mana", number);
        await SendStopAsync("UNREG", number);
        var providerId = Guid.CreateVersion7().ToString();
        (await fixture.SendSmsAsync($"CEK {await Database<long>($"select number from sms_case where first_message_id = '{id}'")}", number, providerId)).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(() => Database<bool>($"select exists (select from kept_message k join message m on m.id = k.message_id where m.provider_message_id = '{providerId}')"));
        (await Database<long>($"select count(*) from auto_answer where sender = '{number}'")).ShouldBe(0);
    }

    [Fact]
    public async Task SMS_2_who_goes_on_writing_stays_in_his_case_however_old_it_is()
    {
        var old = await fixture.SendAndRouteAsync("DINKES kasus panjang", "+6281280000005");
        await BackdateAsync(old, 120);
        var lately = await fixture.SendAndRouteAsync("DINKES kasus panjang", "+6281280000006");
        await fixture.Database.ExecuteAsync($"""
            update case_message set case_id = (select case_id from case_message where message_id = '{old}') where message_id = '{lately}'
            """);
        await fixture.SendAndRouteAsync("sambungan", "+6281280000005");
        (await CasesAsync("+6281280000005")).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_3_STOP_ends_automatic_messages_without_another_one_until_MULAI()
    {
        const string number = "+6281280000007";
        await SendStopAsync(" berhenti. ", number);
        await fixture.SendAndRouteAsync("TAKADA satu", number);
        (await Database<long>($"select count(*) from auto_answer where sender = '{number}'")).ShouldBe(0);
        await SendStopAsync("START", number);
        await fixture.SendAndRouteAsync("TAKADA dua", number);
        (await Database<long>($"select count(*) from auto_answer where sender = '{number}'")).ShouldBe(1);
        (await fixture.Bus.GetAsync<SendSms>(sms => sms.To == number)).Purpose.ShouldBe(SmsPurpose.AutoAnswer);
    }

    [Fact]
    public async Task SMS_6_an_answer_to_his_own_case_goes_to_whoever_wrote_STOP()
    {
        const string number = "+6281280000008";
        var id = await fixture.SendAndRouteAsync("DINKES jadwal vaksin", number);
        await SendStopAsync("STOP", number);
        (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Setiap Senin" })).EnsureSuccessStatusCode();
        (await fixture.Bus.GetAsync<SendSms>(sms => sms.To == number)).Text.ShouldBe("Setiap Senin");
    }

    [Theory]
    [InlineData("STOP kirim promo")]
    [InlineData("MULAI kapan pendaftaran?")]
    public async Task SMS_3_a_stop_word_with_something_behind_it_is_a_message(string text)
    {
        var id = await fixture.SendAndRouteAsync(text, $"+62812800001{text.Length:00}");
        (await Database<long>($"select count(*) from opt_out where message_id = '{id}'")).ShouldBe(0);
    }

    private async Task SendStopAsync(string text, string from)
    {
        var providerId = Guid.CreateVersion7().ToString();
        fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
        (await fixture.SendSmsAsync(text, from, providerId)).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(() => Database<bool>($"select exists (select from opt_out o join message m on m.id = o.message_id where m.provider_message_id = '{providerId}')"));
        (await Database<bool>($"select exists (select from case_message c join message m on m.id = c.message_id where m.provider_message_id = '{providerId}')")).ShouldBeFalse();
    }

    private Task<long> CasesAsync(string number) => Database<long>(
        $"select count(*) from sms_case s join message_content c on c.message_id = s.first_message_id where c.sender = '{number}'");

    private Task BackdateAsync(Guid message, int days) =>
        fixture.Database.ExecuteAsync($"update case_message set received_at = received_at - interval '{days} days' where message_id = '{message}'");

    private Task<T> Database<T>(string sql) => fixture.Database.ScalarAsync<T>(sql);
}
