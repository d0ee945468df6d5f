using System.Net.Http.Json;
using Contracts.InboundSms;
using Contracts.Notification;
using InboundSms.Tests.Testing;
using ServiceDefaults.Sms;

namespace InboundSms.Tests.Routing;

public sealed class RouteReceivedSmsTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_2_thanks_for_an_answer_belong_to_its_case_and_nobody_is_told_keywords()
    {
        var id = await fixture.SendAndRouteAsync("DINKES obat habis", "+6281290009001");
        (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Besok datang" })).EnsureSuccessStatusCode();
        var thanks = await fixture.SendAndRouteAsync("Terima kasih banyak bu", "+6281290009001");
        (await fixture.Database.ScalarAsync<bool>($"select count(distinct case_id) = 1 from case_message where message_id in ('{id}', '{thanks}')")).ShouldBeTrue();
        (await fixture.Database.ScalarAsync<string>($"select status from sms_case where first_message_id = '{id}'")).ShouldBe("Answered");
        (await fixture.Database.ScalarAsync<long>("select count(*) from auto_answer where sender = '+6281290009001'")).ShouldBe(0);

        var more = await fixture.SendAndRouteAsync("terima kasih tapi belum beres", "+6281290009001");
        (await fixture.Database.ScalarAsync<string>($"select status from sms_case where first_message_id = '{more}'")).ShouldBe("Unassigned");
    }

    [Fact]
    public async Task SMS_2_the_keyword_decides_whose_inbox_gets_the_message()
    {
        var id = await fixture.SendAndRouteAsync("dpu: jalan berlubang", "+6281210000001");
        (await fixture.Database.ScalarAsync<Guid>($"select position_id from sms_case where first_message_id = '{id}'")).ShouldBe(fixture.Dpu);
    }

    [Fact]
    public async Task SMS_7_an_answer_is_due_three_hours_after_arrival()
    {
        var id = await fixture.SendAndRouteAsync("DINKES kapan buka", "+6281210000002");
        (await fixture.Database.ScalarAsync<TimeSpan>($"select due_at - received_at from sms_case where first_message_id = '{id}'")).ShouldBe(TimeSpan.FromHours(3));
    }

    [Fact]
    public async Task SMS_3_an_unknown_keyword_is_answered_once_with_the_valid_ones_from_the_number_written_to()
    {
        var id = await fixture.SendAndRouteAsync("DINKS obat habis", "0812-1000-0003");
        var help = await fixture.Bus.GetAsync<SendSms>(sms => sms.To == "+6281210000003");
        help.Purpose.ShouldBe(SmsPurpose.AutoAnswer);
        help.From.ShouldBe(InboundSmsFixture.CityNumber);
        help.Channel.ShouldBe("kannel");
        help.Text.ShouldContain("DINKES, ");
        SmsText.Measure(help.Text).Segments.ShouldBe(1);
        (await fixture.Database.ScalarAsync<string>($"select status from sms_case where first_message_id = '{id}'")).ShouldBe("Unassigned");

        for (var n = 0; n < 9; n++)
            await fixture.SendAndRouteAsync($"XYZ{n} lain lagi", "+6281210000003");
        await fixture.SendAndRouteAsync("ZZZ penanda akhir", "+6281210000099");
        await fixture.Bus.GetAsync<SendSms>(sms => sms.To == "+6281210000099");
        fixture.Bus.Received<SendSms>().Count(sms => sms.To == "+6281210000003").ShouldBe(1);
        (await fixture.Database.ScalarAsync<long>("select count(*) from message_content where sender = '+6281210000003'")).ShouldBe(10);
    }

    [Theory]
    [InlineData("TELKOMSEL", "PROMO kuota")]
    [InlineData("4444", "PROMO kuota")]
    [InlineData("", "PROMO kuota")]
    [InlineData("+622171234567", "PROMO kuota")]
    [InlineData("4444", "STOP")]
    public async Task SMS_3_a_machine_is_kept_and_gets_no_help(string from, string text)
    {
        var id = await fixture.SendAndRouteAsync(text, from);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from auto_answer where message_id = '{id}'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("081100000001")]
    [InlineData("6281100000001")]
    [InlineData("+62 811-0000-0001")]
    public async Task SMS_3_our_own_number_is_kept_and_neither_routed_nor_answered(string own)
    {
        var providerId = Guid.CreateVersion7().ToString();
        (await fixture.SendSmsAsync("DINKES dari sendiri", own, providerId)).EnsureSuccessStatusCode();
        var id = await fixture.Database.ScalarAsync<Guid>($"select id from message where provider_message_id = '{providerId}'");
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from kept_message where message_id = '{id}' and reason = 'OwnNumber')"));
        (await fixture.Database.ScalarAsync<long>($"select count(*) from case_message where message_id = '{id}'")).ShouldBe(0);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from auto_answer where message_id = '{id}'")).ShouldBe(0);
    }

    [Fact]
    public async Task SMS_2_a_second_SMS_without_keyword_joins_the_senders_open_case()
    {
        var first = await fixture.SendAndRouteAsync("DINKES obat habis", "+6281210000006");
        var second = await fixture.SendAndRouteAsync("di puskesmas timur", "+6281210000006");
        (await fixture.Database.ScalarAsync<long>($"select count(distinct case_id) from case_message where message_id in ('{first}', '{second}')")).ShouldBe(1);
        fixture.Bus.Received<SendSms>().ShouldNotContain(sms => sms.To == "+6281210000006");
    }

    [Theory]
    [InlineData("")]
    [InlineData("TELKOMSEL")]
    [InlineData("anonymous")]
    public async Task SMS_2_who_has_no_number_of_his_own_joins_nobodys_case(string sender)
    {
        var first = await fixture.SendAndRouteAsync("DINKES keluhan orang pertama", sender);
        var second = await fixture.SendAndRouteAsync("jalan rusak, orang kedua", sender);
        (await fixture.Database.ScalarAsync<long>($"select count(distinct case_id) from case_message where message_id in ('{first}', '{second}')")).ShouldBe(2);
    }

    [Theory]
    [InlineData("DINKES obat habis", "+6281210000008")]
    [InlineData("TAKDIKENAL obat habis", "+6281210000009")]
    public async Task SMS_8_a_request_for_secrecy_in_a_later_SMS_holds_for_the_whole_case(string text, string sender)
    {
        var first = await fixture.SendAndRouteAsync(text, sender);
        await fixture.SendAndRouteAsync("RAHASIA jangan dipublikasi", sender);
        (await fixture.Database.ScalarAsync<bool>($"select is_secret from sms_case where first_message_id = '{first}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task SMS_1_an_event_that_comes_twice_opens_one_case()
    {
        var id = await fixture.SendAndRouteAsync("DINKES dua kali", "+6281210000007");
        await fixture.Bus.PublishAsync(new SmsReceived { MessageId = id, ReceivedAt = fixture.Clock.GetUtcNow() });
        await fixture.Bus.PublishAsync(new SmsReceived { MessageId = id, ReceivedAt = fixture.Clock.GetUtcNow() });
        await fixture.SendAndRouteAsync("DINKES penanda", "+6281210000097");
        (await fixture.Database.ScalarAsync<long>($"select count(*) from sms_case where first_message_id = '{id}'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("KELUHAN DINKES obat habis", "+6281210000010", "DINKES Complaint Citizen")]
    [InlineData("DINKES usul tambah loket", "+6281210000011", "DINKES Proposal Citizen")]
    [InlineData("DINKES kapan vaksin datang?", "+6281210000012", "DINKES Question Rule")]
    [InlineData("DINKES xyz", "+6281210000013", "DINKES  ")]
    [InlineData("LAPOR jalan berlubang", "+6281210000014", " Complaint Citizen")]
    public async Task SMS_5_a_message_has_the_class_that_the_citizen_said_or_that_its_words_propose(string text, string from, string expected)
    {
        var id = await fixture.SendAndRouteAsync(text, from);
        (await fixture.Database.ScalarAsync<string>(
            $"select coalesce(keyword, '') || ' ' || coalesce(class, '') || ' ' || coalesce(class_by, '') from sms_case where first_message_id = '{id}'")).ShouldBe(expected);
        (await fixture.Database.ScalarAsync<string>($"select text from message_content where message_id = '{id}'")).ShouldBe(text);
    }

    [Fact]
    public async Task SMS_2_a_keyword_alone_opens_its_case_and_asks_once_for_the_rest_which_joins_it()
    {
        var first = await fixture.SendAndRouteAsync("DINKES", "+6281210000015");
        var prompt = await fixture.Bus.GetAsync<SendSms>(sms => sms.To == "+6281210000015");
        prompt.Text.ShouldContain("DINKES");
        SmsText.Measure(prompt.Text).ShouldSatisfyAllConditions(text => text.IsGsm.ShouldBeTrue(), text => text.Segments.ShouldBe(1));
        var second = await fixture.SendAndRouteAsync("obat habis di puskesmas", "+6281210000015");
        (await fixture.Database.ScalarAsync<string>($"select class || ' ' || class_by from sms_case where first_message_id = '{first}'")).ShouldBe("Complaint Rule");
        await fixture.SendAndRouteAsync("tanya, kapan datang", "+6281210000015");
        (await fixture.Database.ScalarAsync<string>($"select class || ' ' || class_by from sms_case where first_message_id = '{first}'")).ShouldBe("Question Citizen");
        await fixture.SendAndRouteAsync("DINKES keluhan", "+6281210000015");
        (await fixture.Database.ScalarAsync<long>($"select count(distinct case_id) from case_message where message_id in ('{first}', '{second}')")).ShouldBe(1);
        (await fixture.Database.ScalarAsync<long>("select count(*) from auto_answer where sender = '+6281210000015'")).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_3_a_keyword_at_the_wrong_place_is_told_first_and_suggested_to_the_secretariat()
    {
        var id = await fixture.SendAndRouteAsync("obat DPU habis", "+6281210000016");
        (await fixture.Bus.GetAsync<SendSms>(sms => sms.To == "+6281210000016")).Text.ShouldContain("salah satu: DPU");
        (await fixture.Database.ScalarAsync<string>($"select status || ' ' || suggested_keyword from sms_case where first_message_id = '{id}'")).ShouldBe("Unassigned DPU");
    }

    [Fact]
    public async Task SMS_3_INFO_alone_is_told_the_keywords_and_opens_no_case()
    {
        var id = await fixture.SendAndKeepAsync("Info", "+6281210000017");
        (await fixture.Bus.GetAsync<SendSms>(sms => sms.To == "+6281210000017")).Text.ShouldContain("DINKES");
        (await fixture.Database.ScalarAsync<string>($"select reason from kept_message where message_id = '{id}'")).ShouldBe("HelpAsked");
    }

    [Fact]
    public async Task SMS_3_our_own_automatic_answer_that_comes_back_is_known_and_not_answered()
    {
        await fixture.SendAndRouteAsync("ENTAH apa", "+6281210000018");
        var help = await fixture.Bus.GetAsync<SendSms>(sms => sms.To == "+6281210000018");
        fixture.Clock.Advance(TimeSpan.FromHours(2));
        try
        {
            // As a handset or a gateway sends it back: other capitals, blanks and signs.
            var echo = await fixture.SendAndKeepAsync($"  {help.Text.ToUpperInvariant().Replace(", ", " ,  ", StringComparison.Ordinal)}", "+6281210000018");
            (await fixture.Database.ScalarAsync<string>($"select reason from kept_message where message_id = '{echo}'")).ShouldBe("OwnText");
            // From another number these words are a message like any other.
            await fixture.SendAndRouteAsync(help.Text, "+6281210000019");
        }
        finally
        {
            fixture.Clock.Advance(-TimeSpan.FromHours(2));
        }

        fixture.Bus.Received<SendSms>().Count(sms => sms.To == "+6281210000018").ShouldBe(1);
    }

    [Fact]
    public async Task SMS_3_two_systems_that_talk_to_each_other_stop_after_two_SMS_and_somebody_is_alerted()
    {
        using var alerts = new Counting(fixture.Instances, "platform.sms.loops", "without-keyword");
        for (var n = 0; n < 12; n++)
            await fixture.SendAndRouteAsync($"Maaf perintah ke-{n} tidak dikenal", "+6281210000020");
        await fixture.Bus.GetAsync<SendSms>(sms => sms.To == "+6281210000020");
        (await fixture.Database.ScalarAsync<long>("select count(*) from auto_answer where sender = '+6281210000020'")).ShouldBe(1);
        await Eventually.GetAsync(() => Task.FromResult(alerts.Counted), counted => counted == 1);
    }
}
