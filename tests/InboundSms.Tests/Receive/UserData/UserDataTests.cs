using System.Text;
using InboundSms.Receive;
using InboundSms.Receive.UserData;
using ServiceDefaults.Sms;

namespace InboundSms.Tests.Receive.UserData;

public sealed class UserDataTests
{
    [Theory]
    [InlineData("E8329BFD06", "hello")]
    [InlineData("E8329BFD4697D9EC37", "hellohello")]
    [InlineData("9B32", "€")]
    [InlineData("31D98C56B3DD00", "1234567")]
    [InlineData("", "")]
    public void SMS_1_packed_septets_are_read(string hex, string text) =>
        SmsUnits.Of(new([], Convert.FromHexString(hex), SmsCoding.Gsm7)).Decode().ShouldBe(text);

    [Fact]
    public void SMS_1_every_text_of_the_alphabet_survives_packing_behind_every_length_of_header()
    {
        var random = new Random(1);
        for (var n = 0; n < 2000; n++)
        {
            var septets = Enumerable.Range(0, random.Next(0, 154)).Select(_ => (byte)random.Next(128)).ToArray();
            // A last @ cannot be told from padding where eight septets fill seven octets.
            if (septets is [.., 0])
                septets[^1] = 1;
            var header = n % 12;
            Gsm7.Unpack(Septets.Pack(septets, header), header).ShouldBe(septets);
        }
    }

    [Fact]
    public void SMS_1_both_tables_are_those_that_outgoing_texts_are_measured_by()
    {
        for (byte septet = 0; septet < 128; septet++)
        {
            if (septet == 0x1B)
                continue;
            SmsText.Measure(Gsm7.Decode([septet])).ShouldBe(new(IsGsm: true, 1, 1));
            var extended = Gsm7.Decode([0x1B, septet]);
            SmsText.Measure(extended).IsGsm.ShouldBeTrue();
            if (SmsText.Measure(extended).Units == 1)
                extended.ShouldBe(Gsm7.Decode([septet]));
        }

        Enumerable.Range(0, 128).Count(septet => SmsText.Measure(Gsm7.Decode([0x1B, (byte)septet])).Units == 2).ShouldBe(10);
        Gsm7.Decode([0x1B]).ShouldBe(" ");
        Gsm7.Decode([0x1B, 0x1B, 0x41]).ShouldBe(" A");
    }

    [Theory]
    [InlineData("050003CC0201", "204", 2, 1)]
    [InlineData("06080412340302", "0x1234", 3, 2)]
    [InlineData("06080400CC0201", "0x00CC", 2, 1)]
    [InlineData("0B0504158A00000003050302", "5", 3, 2)]
    [InlineData("0A00030102010003010202", "1", 2, 2)]
    [InlineData("050003CC0201FFFF", "204", 2, 1)]
    public void SMS_1_the_place_in_a_long_message_is_read(string hex, string reference, int total, int number) =>
        UserDataHeader.PartOf(Convert.FromHexString(hex)).ShouldBe(new SmsPart(reference, total, number));

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("05")]
    [InlineData("0500")]
    [InlineData("050003CC02")]
    [InlineData("050003CC0203")]
    [InlineData("050003CC0200")]
    [InlineData("050003CC0000")]
    [InlineData("060504158A0000")]
    [InlineData("0300FFCC")]
    [InlineData("FF")]
    public void SMS_1_a_header_that_tells_no_place_tells_none(string hex) => UserDataHeader.PartOf(Convert.FromHexString(hex)).ShouldBeNull();

    [Fact]
    public void SMS_1_no_header_is_too_strange()
    {
        var random = new Random(2);
        for (var n = 0; n < 20_000; n++)
        {
            var header = new byte[random.Next(0, 16)];
            random.NextBytes(header);
            if (UserDataHeader.PartOf(header) is { } part)
                part.Number.ShouldBeInRange(1, part.Total);
        }
    }

    public static TheoryData<byte[], string> Unknown => new()
    {
        { Encoding.UTF8.GetBytes("DINKES é"), "DINKES é" },
        { Encoding.BigEndianUnicode.GetBytes("DINKES 😀"), "DINKES 😀" },
        { [0xFF, 0x00, 0x01], "" },
        { [], "" },
    };

    [Theory]
    [MemberData(nameof(Unknown))]
    public void SMS_1_octets_of_unknown_coding_are_text_only_without_doubt(byte[] octets, string text) => SmsUnits.Of(new([], octets)).Decode().ShouldBe(text);
}
