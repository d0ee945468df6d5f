using Contracts.Notification;
using InboundSms.Tests.Testing;

namespace InboundSms.Tests.Routing;

/// <summary>A city that confirms what it receives, and that knows words of its own.</summary>
public sealed class ChattyCity : InboundSmsFixture
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => base.Settings.Concat(new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["Routing:SendReceipt"] = "true",
        ["Routing:ReceiptsPerDay"] = "2",
        ["Routing:ClassWords:Complaint:0"] = "wadul",
        ["Routing:EmergencyWords:0"] = "harimau  lepas",
    });
}

public sealed class SettingsTests(ChattyCity fixture) : IClassFixture<ChattyCity>
{
    [Fact]
    public async Task SMS_12_a_case_is_confirmed_with_its_number_where_the_city_wants_that_within_a_budget()
    {
        var first = await fixture.SendAndRouteAsync("DINKES obat habis", "+6281280000001");
        var number = await fixture.Database.ScalarAsync<long>($"select number from sms_case where first_message_id = '{first}'");
        var receipt = await fixture.Bus.GetAsync<SendSms>(sms => sms.To == "+6281280000001");
        receipt.Text.ShouldContain($"CEK {number}");
        receipt.Purpose.ShouldBe(SmsPurpose.AutoAnswer);
        for (var n = 0; n < 3; n++)
            await fixture.SendAndRouteAsync($"DPU laporan lain {n}", "+6281280000001");
        // Part of a case, the tray, and a keyword alone have no receipt.
        await fixture.SendAndRouteAsync("dan satu lagi", "+6281280000001");
        await fixture.SendAndRouteAsync("ENTAH", "+6281280000002");
        await fixture.SendAndRouteAsync("DINKES", "+6281280000003");
        (await fixture.Database.ScalarAsync<string>("select string_agg(sender || ' ' || kind, ', ' order by sender, kind) from auto_answer where sender <= '+6281280000003'"))
            .ShouldBe("+6281280000001 Receipt, +6281280000001 Receipt, +6281280000002 Help, +6281280000003 Prompt");
    }

    [Fact]
    public async Task SMS_5_words_of_the_city_name_a_class_and_an_emergency()
    {
        var id = await fixture.SendAndRouteAsync("WADUL DINKES harimau lepas", "+6281280000004");
        (await fixture.Database.ScalarAsync<string>($"select keyword || ' ' || class || ' ' || class_by || ' ' || priority from sms_case where first_message_id = '{id}'"))
            .ShouldBe("DINKES Complaint Citizen Emergency");
    }
}
