using Contracts.InboundSms;
using InboundSms.Routing;
using InboundSms.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace InboundSms.Tests.Routing;

/// <summary>Answers of officials to coordination SMS, by the code that stands in them.</summary>
public sealed class BroadcastAnswerTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Theory]
    [InlineData("KOR12 hadir", 12, "hadir")]
    [InlineData("kor 12: Hadir, terlambat", 12, "Hadir, terlambat")]
    [InlineData("KOR#12", 12, "")]
    [InlineData("\"ＫＯＲ\u200B12\" tidak hadir", 12, "\" tidak hadir")]
    [InlineData("KOR 7\nya", 7, "ya")]
    public void BRO_8_code_and_number_are_found_in_their_spellings(string text, long number, string said) =>
        Keyword.ReadBroadcastAnswer(text, "KOR").ShouldBe(new(number, said));

    [Theory]
    [InlineData("KORAN 12 hadir")]
    [InlineData("KOR")]
    [InlineData("KOR hadir 12")]
    [InlineData("KORUPSI di dinas")]
    [InlineData("12 KOR")]
    [InlineData("KOR1234567890 hadir")]
    [InlineData("KOR12B")]
    [InlineData("")]
    public void BRO_8_anything_else_is_a_citizens_message(string text) => Keyword.ReadBroadcastAnswer(text, "KOR").ShouldBeNull();

    [Theory]
    [InlineData("KOR", true)]
    [InlineData("kor", false)]
    [InlineData("KOR 1", false)]
    [InlineData("", false)]
    public void BRO_8_a_code_that_no_SMS_could_begin_with_is_refused_at_the_start(string code, bool isGood) =>
        fixture.Services.GetServices<IValidateOptions<RoutingOptions>>().Any(check => check.Validate("", new() { BroadcastCode = code }).Failed).ShouldBe(!isGood);

    [Fact]
    public async Task BRO_8_an_answer_opens_no_case_and_is_told_without_its_number()
    {
        await using var broadcast = await fixture.StartBusAsync(typeof(OfficialAnswered));
        var number = "+6281260000101";
        var id = await fixture.SendAndKeepAsync("KOR12 hadir", number);
        var told = await broadcast.GetAsync<OfficialAnswered>(answer => answer.MessageId == id);
        (told.Number, told.Text).ShouldBe((12, "hadir"));
        told.SenderPseudonym.ShouldStartWith("W-");
        (await fixture.Database.ScalarAsync<string>($"select reason from kept_message where message_id = '{id}'")).ShouldBe("BroadcastAnswered");
        (await fixture.Database.ScalarAsync<bool>($"select exists (select from case_message where message_id = '{id}')")).ShouldBeFalse();

        // The next one of the same number has the same name; of another, another.
        var again = await fixture.SendAndKeepAsync("kor 13 ya", number);
        (await broadcast.GetAsync<OfficialAnswered>(answer => answer.MessageId == again)).SenderPseudonym.ShouldBe(told.SenderPseudonym);
    }

    [Fact]
    public async Task BRO_8_a_position_whose_keyword_is_the_code_goes_before_it()
    {
        await fixture.AddPositionAsync(Guid.CreateVersion7(), "KOR", "Koordinator", Guid.CreateVersion7());
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>("select exists (select from organisation.position_keyword where word = 'KOR')"));
        await fixture.SendAndRouteAsync("KOR 12 lampu padam", "+6281260000102");
        await fixture.Database.ExecuteAsync("delete from organisation.position_keyword where word = 'KOR'");
    }
}
