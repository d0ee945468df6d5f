using System.Text;
using InboundSms.Emergencies;
using InboundSms.Routing;
using InboundSms.Tests.Testing;
using ServiceDefaults.Sms;

namespace InboundSms.Tests.Routing;

/// <summary>No text can break routing: whatever a citizen, a handset or an attacker sends, it ends in exactly one place.</summary>
public sealed class AnyTextTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private const int Seed = 20260105;

    private static readonly string[] Pieces =
    [
        "DINKES", "dpu", "KELUHAN", "RAHASIA", "CEK", "STOP", "INFO", "kebakaran", "bukan", "tolong segera", "?", " ", "\n", "\u00A0", "\u200B", "\u202E", "\u0000", "\u001A", "\uFEFF",
        "\uD83D", "\uDE00", "😀", "👨‍👩‍👧", "e\u0301\u0301\u0301", "ＤＩＮＫＥＳ", "العربية", "עברית", "中文", "ﷺ", "\uFFFF", "\uFDD0", "İ", "ß", "ŉ", "1234567890", "'; drop table message; --",
        "%00", "{0}", "\\", "\"", "\r\n", "|", "__proto__", "\u0345", "ﬃ", "Ⅷ", "①", "\uD800\uD800",
    ];

    private static IEnumerable<string> Texts(int count)
    {
#pragma warning disable CA5394 // The same texts at each run
        var random = new Random(Seed);
        yield return "";
        yield return new string('A', 1600);
        yield return new string('é', 10_000);
        yield return "DINKES " + string.Join(' ', Enumerable.Range(0, 2_000).Select(n => $"kata{n}"));
        yield return "😀🙏🔥";
        yield return "\u200F\u202E\u200B";
        yield return string.Concat(Enumerable.Repeat("ﷺ", 1600));
        yield return new string('\u0301', 1600);
        yield return string.Join(' ', Enumerable.Repeat("DINKES", 228));
        for (var n = 0; n < count; n++)
        {
            var text = new StringBuilder();
            for (var length = random.Next(1, 40); length > 0; length--)
                _ = random.Next(3) == 0 ? text.Append((char)random.Next(char.MaxValue + 1)) : text.Append(Pieces[random.Next(Pieces.Length)]);
            yield return text.Length > 1600 ? text.ToString(0, 1600) : text.ToString();
        }
#pragma warning restore CA5394
    }

    [Fact]
    public void SMS_2_no_text_breaks_what_is_read_from_it()
    {
        string[] keywords = ["DINKES", "DPU"];
        foreach (var text in Texts(20_000))
        {
            var first = Keyword.Read(text);
            Keyword.ReadStatusQuery(text);
            ProposeClass.Of(text);
            EmergencyWords.Find(text, EmergencyWords.Usual.Select(EmergencyWords.Spelled));
            var help = HelpText.For(first.Word, keywords, HelpText.Suggest(text, first.Word, keywords));
            SmsText.Measure(help!).ShouldSatisfyAllConditions(sms => sms.IsGsm.ShouldBeTrue(), sms => sms.Segments.ShouldBe(1));
        }
    }

    [Fact]
    public async Task SMS_2_every_text_ends_in_exactly_one_place()
    {
        var sent = 0;
        foreach (var text in Texts(150))
            (await fixture.SendSmsAsync(text, $"+62812800{sent++:00000}")).EnsureSuccessStatusCode();

        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select (select count(*) from case_message) + (select count(*) from kept_message) >= {sent}"), seconds: 60);
        (await fixture.Database.ScalarAsync<long>($"""
            select count(*) from message m
            where (select count(*) from case_message c where c.message_id = m.id) + (select count(*) from kept_message k where k.message_id = m.id) <> 1
            """)).ShouldBe(0);
        (await fixture.Database.ScalarAsync<long>("select count(*) from message")).ShouldBe(sent);
        // What the parts of the routing did is all in one transaction: a case for each message that opened one, and its history.
        (await fixture.Database.ScalarAsync<long>("select count(*) from sms_case c where not exists (select from case_event e where e.case_id = c.id and e.kind = 'Opened')")).ShouldBe(0);
    }
}
