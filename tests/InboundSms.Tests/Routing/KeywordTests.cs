using InboundSms.Routing;
using InboundSms.Storage;
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
    [InlineData("DIN\uFE0FKES obat")]
    [InlineData("DIN\u034FKES obat")]
    [InlineData("DIN\u3164KES obat")]
    [InlineData("ＤＩＮＫＥＳ\uFDD0 obat")]
    [InlineData("DINKES")]
    [InlineData("\uFEFFDINKES obat")]
    [InlineData("DINKES😀obat")]
    [InlineData("\u202EDINKES\u202C obat")]
    [InlineData("D\u00ADINKES;stok")]
    [InlineData("(DINKES)stok")]
    [InlineData("DINKES/stok")]
    [InlineData("…DINKES…")]
    [InlineData("\0DINKES\0obat")]
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
    [InlineData("DINKES KELUHAN obat habis", "DINKES", MessageClass.Complaint)]
    [InlineData("dinkes: tanya, kapan buka", "DINKES", MessageClass.Question)]
    [InlineData("KELUHAN DINKES obat habis", "KELUHAN", MessageClass.Complaint)]
    [InlineData("Saran DINKES tambah loket", "SARAN", MessageClass.Proposal)]
    [InlineData("RAHASIA LAPOR DINKES pungli", "LAPOR", MessageClass.Complaint)]
    [InlineData("BERITA DINKES ada wabah", "BERITA", MessageClass.News)]
    [InlineData("kritik DINKES", "KRITIK", MessageClass.Criticism)]
    [InlineData("DINKES obat", "DINKES", null)]
    [InlineData("INFO DINKES", "INFO", null)]
    public void SMS_5_the_citizen_names_the_class_before_or_behind_the_keyword(string text, string word, MessageClass? expected)
    {
        var read = Keyword.Read(text);
        read.Word.ShouldBe(word);
        (read.Class ?? read.NextClass).ShouldBe(expected);
    }

    [Fact]
    public void SMS_8_RAHASIA_between_the_class_and_the_keyword_asks_for_no_publication()
    {
        var read = Keyword.Read("KELUHAN RAHASIA DINKES obat");
        (read.IsSecret, read.Next).ShouldBe((true, "DINKES"));
    }

    [Fact]
    public void SMS_5_a_city_adds_words_of_its_own()
    {
        var words = new ClassWords(new Dictionary<MessageClass, string[]> { [MessageClass.Complaint] = ["wadul"] });
        Keyword.Read("WADUL DINKES obat", words).Class.ShouldBe(MessageClass.Complaint);
        Keyword.Read("TANYA DINKES obat", words).Class.ShouldBe(MessageClass.Question);
    }

    [Theory]
    [InlineData("Terima kasih", true)]
    [InlineData("makasih ya pak, atas jawabannya 🙏", true)]
    [InlineData("Matur nuwun pak", true)]
    [InlineData("oke", false)]
    [InlineData("terima kasih, tapi belum beres", false)]
    [InlineData("", false)]
    public void SMS_2_words_of_thanks_and_nothing_else_are_thanks(string text, bool isAll) => Thanks.IsAll(text).ShouldBe(isAll);

    [Theory]
    [InlineData("CEK 123", true, 123L)]
    [InlineData("cek #123", true, 123L)]
    [InlineData("Cek no. 1.234", true, 1234L)]
    [InlineData("ＣＥＫ １２", true, 12L)]
    [InlineData("CEK\u00A07 .", true, 7L)]
    [InlineData("CEK", true, null)]
    [InlineData("cek laporan?", true, null)]
    [InlineData("CEK -", true, null)]
    [InlineData("CEK DINKES", false, null)]
    [InlineData("CEK 12 sudah sampai mana", false, null)]
    [InlineData("CEK 99999999999999999999", false, null)]
    [InlineData("CEK ١٢", false, null)]
    [InlineData("12", false, null)]
    public void SMS_12_CEK_alone_or_with_a_number_asks_for_the_status_of_a_case(string text, bool isMeant, long? number) =>
        Keyword.ReadStatusQuery(text).ShouldBe((isMeant, number));

    [Theory]
    [InlineData("RAHASIA 123", true, 123L)]
    [InlineData("rahasia no. 1.234", true, 1234L)]
    [InlineData("RAHASIA", true, null)]
    [InlineData("JANGAN PUBLIKASI", true, null)]
    [InlineData("janggan publikasi #77", true, 77L)]
    [InlineData("Jangan dipublikasikan laporan nomor 5!", true, 5L)]
    [InlineData("tidak ditampilkan", true, null)]
    [InlineData("RAHASIA DINKES pungutan", false, null)]
    [InlineData("RAHASIA 12 orang pungli", false, null)]
    [InlineData("JANGAN PUBLIKASI saja, tolong jawab", false, null)]
    [InlineData("JANGAN 5", false, null)]
    [InlineData("DINKES jangan dipublikasikan", false, null)]
    [InlineData("", false, null)]
    public void SMS_8_who_objects_to_publication_says_so_and_nothing_else(string text, bool isMeant, long? number) => Keyword.ReadObjection(text).ShouldBe((isMeant, number));

    [Theory]
    [InlineData("obat DINKES habis", "OBAT", "DINKES")]
    [InlineData("DINKS obat habis", "DINKS", "DINKES")]
    [InlineData("DINKESOBAT", "DINKESOBAT", null)]
    [InlineData("halo pak", "HALO", null)]
    [InlineData("", "", null)]
    public void SMS_3_the_keyword_that_was_probably_meant_is_suggested(string text, string unknown, string? suggested) =>
        HelpText.Suggest(text, unknown, ["CAPIL", "DPU", "DINKES", "SATPOLPP"]).ShouldBe(suggested);

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
