using System.Text;

namespace UnderFire.Tests.Load;

/// <summary>That the load is what it says: without it, the load test could pass by sending nothing.</summary>
public sealed class TrafficTests
{
    private const int Count = 1200;

    private static Traffic Of(int seed)
    {
        var citizens = 10_000_000;
        return Traffic.Of(Count, 20, "uji", "DINKES", () => $"+62813{++citizens}", seed);
    }

    [Fact]
    public void SMS_1_a_tenth_comes_in_parts_a_fifth_comes_again_and_every_provider_has_its_share()
    {
        var traffic = Of(1);
        var sent = traffic.Calls.SelectMany(call => call.Sms).ToList();
        sent.Select(sms => sms.Channel).Distinct().Order(StringComparer.Ordinal).ShouldBe(["generic", "infobip", "kannel", "twilio", "vonage"]);
        traffic.Calls.Count(call => call.Sms.Count > 1).ShouldBeGreaterThan(40);

        var things = sent.DistinctBy(sms => sms.Id).Count();
        ((sent.Count - things) / (double)things).ShouldBe(0.2, 0.05);
        traffic.Expected.Count(message => message is { Id: "", IsIncomplete: false }).ShouldBe(Count / 10 - 12);
        traffic.Expected.Count(message => message.IsIncomplete).ShouldBe(12 + traffic.Late.Count);
        traffic.Late.Count.ShouldBe(6);
        traffic.Parts.Count.ShouldBeGreaterThan(Count / 10 * 2);
        traffic.Pairs.Count.ShouldBe(Count / 50);
        traffic.Expected.Count.ShouldBe(Count + traffic.Pairs.Count + traffic.Late.Count);
        traffic.Expected.Select(message => message.ToString()).Distinct().Count().ShouldBe(traffic.Expected.Count);

        var parts = sent.Where(sms => sms.Place is not null).DistinctBy(sms => sms.Id).ToList();
        parts.Zip(parts.Skip(1)).Count(two => two.First.From == two.Second.From && two.Second.Place!.Number == two.First.Place!.Number + 1).ShouldBeLessThan(parts.Count / 2);
        traffic.Calls.Select(call => call.At).ShouldBeInOrder();
    }

    [Fact]
    public void SMS_1_the_same_seed_is_the_same_load_and_another_is_another()
    {
        static string Written(Traffic traffic) => string.Join('\n', traffic.Calls.Select(call => $"{call.At} {string.Join(' ', call.Sms.Select(sms => sms.Id))}"));
        Written(Of(1)).ShouldBe(Written(Of(1)));
        Written(Of(1)).ShouldNotBe(Written(Of(2)));
    }

    [Fact]
    public void SMS_1_parts_in_text_are_the_whole_text_and_no_character_is_cut()
    {
        var text = string.Concat(Enumerable.Repeat("jalan 🚧 ", 40));
        for (var shift = 0; shift < 8; shift++)
        {
            var parts = LongMessage.Parts(1, "uji", "+6281310000000", text[(shift == 7 ? 6 : shift)..], 7);
            string.Concat(parts.Select(part => part.Text)).ShouldBe(text[(shift == 7 ? 6 : shift)..]);
            parts.ShouldAllBe(part => !char.IsLowSurrogate(part.Text[0]) && part.Text.Length <= 66 && part.Place!.Total == parts.Count);
        }
    }

    [Fact]
    public void SMS_1_where_octets_are_sent_the_end_of_the_first_part_cuts_a_character()
    {
        var septets = LongMessage.Parts(3, "uji", "+6281310000000", new string('x', 152) + "€ habis", 7);
        septets.Select(part => Convert.ToHexString(part.Octets!.Header)).ShouldBe(["050003070201", "050003070202"]);
        septets.ShouldAllBe(part => part.Octets!.Header.Length + part.Octets.Data.Length <= 140);
        (septets[0].Octets!.Data[^1] >> 1).ShouldBe(0x1B);

        var units = LongMessage.Parts(4, "uji", "+6281310000000", new string('x', 65) + "🙏 habis", 7);
        units.ShouldAllBe(part => part.Octets!.Header.Length + part.Octets.Data.Length <= 140);
        Encoding.BigEndianUnicode.GetString([.. units.SelectMany(part => part.Octets!.Data)]).ShouldEndWith("x🙏 habis");
        (units[0].Octets!.Data[^2] & 0xFC).ShouldBe(0xD8);
    }

    [Theory]
    [InlineData("hello", "E8329BFD06")]
    [InlineData("hellohello", "E8329BFD4697D9EC37")]
    [InlineData("€", "9B32")]
    [InlineData("1234567", "31D98C56B3DD00")]
    public void SMS_1_septets_are_packed_as_in_the_vectors(string text, string hex) => Convert.ToHexString(Septets.Pack(Septets.Of(text), 0)).ShouldBe(hex);
}
