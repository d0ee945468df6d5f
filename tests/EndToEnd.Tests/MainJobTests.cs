using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace EndToEnd.Tests;

[Collection(nameof(Handset))]
public sealed class MainJobTests(Platform platform) : IClassFixture<Platform>
{
    [Fact]
    public async Task SMS_1_to_SMS_8_a_citizens_SMS_comes_in_through_Kannel_is_answered_delivered_and_published()
    {
        var citizen = Platform.NewCitizen();
        var question = $"{Platform.Keyword} apakah puskesmas buka {Platform.NewWord()}";
        using var handset = new Handset(citizen, Platform.CityNumber, question);
        using var official = await Platform.SignInAsync("OFFICIAL");

        var item = await Platform.InInboxAsync(official, question);
        item.GetProperty("keyword").GetString().ShouldBe(Platform.Keyword);
        item.GetProperty("senderMasked").GetString()!.ShouldNotContain(citizen[6..]);
        var id = item.GetProperty("id").GetGuid();

        var answer = $"Buka setiap hari kerja ({Platform.NewWord()})";
        (await Platform.AnswerAsync(official, id, answer)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await Eventually.TrueAsync(() => Task.FromResult(handset.Count(citizen, answer) > 0));
        var message = await Platform.DeliveredAsync(official, id);
        message.GetProperty("status").GetString().ShouldBe("Answered");
        handset.Count(citizen, answer).ShouldBe(1);

        var shown = await Eventually.GetAsync(
            async () => (await platform.Anybody.GetFromJsonAsync<JsonElement>("/publik/api/messages")).GetProperty("items").EnumerateArray()
                .FirstOrDefault(i => i.GetProperty("id").GetGuid() == id),
            found => found.ValueKind == JsonValueKind.Object);
        shown.GetProperty("text").GetString().ShouldBe(question);
        shown.GetProperty("answers")[0].GetProperty("text").GetString().ShouldBe(answer);
        shown.GetRawText().ShouldNotContain(citizen[3..]);

        await Traces.HoldNoNumberAsync([citizen], [id],
            ("/webhooks/sms/{channel}", ["gateway", "inboundsms"]), ("/api/inbound-sms/messages/{id:guid}/answers", ["gateway", "inboundsms", "notification"]));
    }

    [Fact]
    public async Task The_printed_curl_line_plays_a_citizen()
    {
        var question = $"{Platform.Keyword} stok obat {Platform.NewWord()}";
        using var curl = Process.Start(new ProcessStartInfo("curl")
        {
            ArgumentList =
            {
                "-sS", "-f", "-K", Path.Combine(Servers.Setting("PLATFORM_DATA"), "citizen.curl"), "--url-query", $"id={Guid.CreateVersion7()}", "--data-raw", question,
            },
        })!;
        await curl.WaitForExitAsync();
        curl.ExitCode.ShouldBe(0);
        using var official = await Platform.SignInAsync("OFFICIAL");
        var item = await Platform.InInboxAsync(official, question);
        var id = item.GetProperty("id").GetGuid();
        (await Platform.AnswerAsync(official, id, "Stok datang besok")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await Platform.DeliveredAsync(official, id);
    }

    [Fact]
    public async Task SMS_3_an_unknown_keyword_is_answered_on_the_handset_with_the_valid_ones()
    {
        var citizen = Platform.NewCitizen();
        using var handset = new Handset(citizen, Platform.CityNumber, $"{Platform.Keyword}X apa kabar");
        await Eventually.TrueAsync(() => Task.FromResult(handset.Count(citizen, "Kata kunci tidak dikenal", Platform.Keyword) > 0));
    }

    [Fact]
    public async Task SMS_1_emoji_arrive_both_ways()
    {
        var question = $"{Platform.Keyword} terima kasih 🙏 {Platform.NewWord()}";
        using var request = Platform.Twilio(Platform.TwilioFields(question, Platform.NewCitizen()));
        (await platform.Anybody.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var official = await Platform.SignInAsync("OFFICIAL");
        var id = (await Platform.InInboxAsync(official, question)).GetProperty("id").GetGuid();
        (await Platform.AnswerAsync(official, id, "Sama-sama 😊")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await Platform.DeliveredAsync(official, id);
    }

    [Fact]
    public async Task SMS_1_the_generic_channel_reaches_the_same_inbox()
    {
        var question = $"{Platform.Keyword} lewat generik {Platform.NewWord()}";
        var body = JsonSerializer.Serialize(new
        {
            type = "sms.masuk",
            timestamp = "2026-01-05T02:00:00Z",
            data = new { id = Guid.CreateVersion7(), dari = Platform.NewCitizen(), ke = Platform.CityNumber, teks = question },
        });
        foreach (var expected in new[] { "diterima", "duplikat" })
        {
            using var request = Platform.Generic(body);
            (await (await platform.Anybody.SendAsync(request)).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString().ShouldBe(expected);
        }

        using var official = await Platform.SignInAsync("OFFICIAL");
        await Platform.InInboxAsync(official, question);
    }
}
