using ServiceDefaults.Sms;

namespace ServiceDefaults.Tests.Sms;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("081234567890", "+6281234567890")]
    [InlineData("0812-3456-7890", "+6281234567890")]
    [InlineData("6281234567890", "+6281234567890")]
    [InlineData("+62 812 3456 7890", "+6281234567890")]
    [InlineData("+62 (0)812-3456-7890", "+6281234567890")]
    [InlineData("+62081234567890", "+6281234567890")]
    [InlineData("62081234567890", "+6281234567890")]
    [InlineData("81234567890", "+6281234567890")]
    [InlineData("０８１２３４５６７８９０", "+6281234567890")]
    [InlineData("\u200E+6281234567890\u200E", "+6281234567890")]
    [InlineData("0811223344", "+62811223344")]
    [InlineData("0062 81234567890", "+6281234567890")]
    [InlineData("+60123456789", "+60123456789")]
    // Dialled in Indonesia, with an operator's prefix.
    [InlineData("007 6281234567890", "+6281234567890")]
    [InlineData("001-62-812-3456-7890", "+6281234567890")]
    [InlineData("008 62811223344", "+62811223344")]
    [InlineData("009 62 81234567890", "+6281234567890")]
    [InlineData("007 62 0 81234567890", "+6281234567890")]
    [InlineData("017 6281234567890", "+6281234567890")]
    [InlineData("01017 6281234567890", "+6281234567890")]
    [InlineData("007 60123456789", "+60123456789")]
    [InlineData("001 60123456789", "+60123456789")]
    // Eleven digits: a number of Russia or of North America as gateways write it.
    [InlineData("0079161234567", "+79161234567")]
    [InlineData("0014155550123", "+14155550123")]
    [InlineData("00861012345678", "+861012345678")]
    public void SMS_1_every_spelling_of_a_mobile_number_is_one_number(string written, string number) =>
        PhoneNumber.Parse(written).ShouldSatisfyAllConditions(n => n.Value.ShouldBe(number), n => n.Kind.ShouldBe(SenderKind.Mobile));

    [Theory]
    [InlineData("08123456789012", SenderKind.Unknown)]
    [InlineData("0841234567", SenderKind.Unknown)]
    [InlineData("62812345", SenderKind.Unknown)]
    [InlineData("1708", SenderKind.ShortCode)]
    [InlineData("4444", SenderKind.ShortCode)]
    [InlineData("TELKOMSEL", SenderKind.Alphanumeric)]
    [InlineData("KOMINFO", SenderKind.Alphanumeric)]
    [InlineData("Info-Kota", SenderKind.Alphanumeric)]
    [InlineData("", SenderKind.Unknown)]
    [InlineData("anonymous", SenderKind.Unknown)]
    [InlineData("+", SenderKind.Unknown)]
    [InlineData("٠٨١٢", SenderKind.Unknown)]
    public void SMS_1_what_is_no_mobile_number_stays_as_written_and_cannot_be_answered(string written, SenderKind kind) =>
        PhoneNumber.Parse(written).ShouldSatisfyAllConditions(n => n.Value.ShouldBe(written), n => n.Kind.ShouldBe(kind), n => n.CanBeAnswered.ShouldBeFalse());

    [Fact]
    public void SMS_1_a_fixed_line_is_known_and_cannot_be_answered() =>
        PhoneNumber.Parse("02863345678").ShouldSatisfyAllConditions(n => n.Value.ShouldBe("+622863345678"), n => n.CanBeAnswered.ShouldBeFalse());

    [Fact]
    public void SMS_8_a_number_as_text_is_masked() => PhoneNumber.Parse("081234567890").ToString().ShouldBe("+62812••••890");

    [Fact]
    public void SMS_1_a_parsed_number_parses_to_itself()
    {
        foreach (var written in new[] { "081234567890", "02863345678", "+60123456789", "1708", "TELKOMSEL" })
            PhoneNumber.Parse(PhoneNumber.Parse(written).Value).ShouldBe(PhoneNumber.Parse(written));
    }
}
