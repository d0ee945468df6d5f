using ServiceDefaults.Sms;

namespace ServiceDefaults.Tests.Sms;

public sealed class SmsTextTests
{
    public static TheoryData<string, bool, int, int> Texts => new()
    {
        { "", true, 0, 1 },
        { new string('a', 160), true, 160, 1 },
        { new string('a', 161), true, 161, 2 },
        { new string('a', 306), true, 306, 2 },
        { new string('a', 307), true, 307, 3 },
        { new string('€', 80), true, 160, 1 },
        { new string('€', 81), true, 162, 2 },
        // The escape pair at the end of the first part moves to the second as a whole.
        { new string('a', 152) + "€" + new string('a', 152), true, 306, 3 },
        { new string('ā', 70), false, 70, 1 },
        { new string('ā', 71), false, 71, 2 },
        { new string('a', 66) + "😀" + new string('a', 66), false, 134, 3 },
        { "😀", false, 2, 1 },
        { new string('a', 158) + "€", true, 160, 1 },
        { new string('a', 159) + "€", true, 161, 2 },
        { new string('a', 152) + "[" + new string('a', 151), true, 305, 2 },
        { "’" + new string('a', 69), false, 70, 1 },
        { "’" + new string('a', 70), false, 71, 2 },
        { Repeated("😀", 35), false, 70, 1 },
        // 33 pairs to a part of 67 units.
        { Repeated("😀", 36), false, 72, 2 },
        { new string('a', 66) + "😀" + new string('a', 65), false, 133, 2 },
        { "Ç", true, 1, 1 },
        { "ç", false, 1, 1 },
        { "`", false, 1, 1 },
        { "\t", false, 1, 1 },
        { "\u00A0", false, 1, 1 },
        { "^{}\\[~]|€\f", true, 20, 1 },
    };

    private static string Repeated(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    [Theory]
    [MemberData(nameof(Texts))]
    public void NOT_4_segments_are_counted_as_the_operator_counts_them(string text, bool isGsm, int units, int segments) =>
        SmsText.Measure(text).ShouldBe(new SmsText(isGsm, units, segments));
}
