using InboundSms.Routing;
using ServiceDefaults.Sms;

namespace InboundSms.Tests.Routing;

public sealed class KeywordTests
{
    [Theory]
    [InlineData("DINKES obat")]
    [InlineData("dinkes obat")]
    [InlineData("  Dinkes:obat")]
    [InlineData("DINKES,obat")]
    [InlineData("DINKES#obat")]
    [InlineData("ＤＩＮＫＥＳ obat")]
    [InlineData("DINKES\u00A0obat")]
    [InlineData("DIN\u200BKES obat")]
    [InlineData("\"DINKES\" obat")]
    [InlineData("DINKES\nobat")]
    [InlineData("DINKES")]
    [InlineData("\uFEFFDINKES obat")]
    [InlineData("\uFFFDＤＩＮＫＥＳ obat 🙏")]
    public void SMS_2_the_first_word_is_found_in_all_its_spellings(string text) => Keyword.Read(text).Word.ShouldBe("DINKES");

    [Theory]
    [InlineData("DINKESOBAT")]
    [InlineData("obat DINKES")]
    [InlineData("DINKES1")]
    [InlineData("")]
    [InlineData("😀")]
    [InlineData("\uFFFF\uFFFE")]
    public void SMS_2_another_first_word_is_not_taken_for_it(string text) => Keyword.Read(text).Word.ShouldNotBe("DINKES");

    [Theory]
    [InlineData("RAHASIA DINKES obat", "DINKES", true)]
    [InlineData("rahasia: dinkes obat", "DINKES", true)]
    [InlineData("RAHASIA", "", true)]
    [InlineData("DINKES RAHASIA", "DINKES", false)]
    public void SMS_8_RAHASIA_before_the_keyword_asks_for_no_publication(string text, string word, bool isSecret)
    {
        var read = Keyword.Read(text);
        (read.Word, read.IsSecret).ShouldBe((word, isSecret));
    }

    [Theory]
    [InlineData("DINKS", "DINKES")]
    [InlineData("DNIKES", "DINKES")]
    [InlineData("DUP", "DPU")]
    public void SMS_3_the_nearest_keyword_is_told_first(string unknown, string nearest) =>
        HelpText.For(unknown, ["CAPIL", "DPU", "DINKES", "SATPOLPP"])!.ShouldContain($"salah satu: {nearest},");

    [Fact]
    public void SMS_3_forty_keywords_still_make_one_GSM_segment()
    {
        var help = HelpText.For("X", Enumerable.Range(10, 40).Select(n => $"KECAMATAN{n}"))!;
        SmsText.Measure(help).ShouldSatisfyAllConditions(text => text.IsGsm.ShouldBeTrue(), text => text.Segments.ShouldBe(1), text => text.Units.ShouldBeLessThanOrEqualTo(160));
    }

    [Fact]
    public void SMS_3_without_any_keyword_there_is_nothing_to_tell() => HelpText.For("X", []).ShouldBeNull();
}
