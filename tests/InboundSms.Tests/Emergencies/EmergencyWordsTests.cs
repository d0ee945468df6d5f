using InboundSms.Emergencies;

namespace InboundSms.Tests.Emergencies;

public sealed class EmergencyWordsTests
{
    private static readonly string[] Words = [.. EmergencyWords.Usual.Append("ular masuk rumah").Select(EmergencyWords.Spelled)];

    [Theory]
    [InlineData("DAMKAR kebakaran di pasar", "KEBAKARAN")]
    [InlineData("DAMKAR Kebakarannya besar", "KEBAKARAN")]
    [InlineData("tolong... segera!! rumah terendam", null)]
    [InlineData("tolong segera, rumah terendam", "TOLONG SEGERA")]
    [InlineData("api besar, orang tertabrak", "API BESAR")]
    [InlineData("ada ular  masuk\u00A0rumah", "ULAR MASUK RUMAH")]
    [InlineData("ｂａｎｊｉｒ di gang 3", "BANJIR")]
    [InlineData("ban\u200Bjir", "BANJIR")]
    [InlineData("air tidak ada, kebakaran besar", "KEBAKARAN")]
    [InlineData("bukan simulasi kebakaran", "KEBAKARAN")]
    [InlineData("bukan darurat kemarin. sekarang darurat", "DARURAT")]
    [InlineData("tidak tahu siapa lapor kebakaran", "KEBAKARAN")]
    [InlineData("kebakaran tidak bisa padam", "KEBAKARAN")]
    [InlineData("bukan darurat", null)]
    [InlineData("ini bukan keadaan darurat", null)]
    [InlineData("sekarang tidak ada banjir", null)]
    [InlineData("tdk banjir lagi", null)]
    [InlineData("usul sosialisasi pencegahan kebakaran", null)]
    [InlineData("kapan simulasi gempa diadakan", null)]
    [InlineData("jalan rawan kecelakaan", null)]
    [InlineData("kebakar", null)]
    [InlineData("", null)]
    [InlineData("🔥🔥🔥", null)]
    public void SMS_12_a_word_of_an_emergency_counts_unless_it_is_plainly_denied(string text, string? found) => EmergencyWords.Find(text, Words).ShouldBe(found);
}
