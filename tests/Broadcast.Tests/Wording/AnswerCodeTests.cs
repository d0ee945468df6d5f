using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;
using Broadcast.Wording;

namespace Broadcast.Tests.Wording;

/// <summary>Whoever only has the SMS reads in it how he answers.</summary>
public sealed class AnswerCodeTests(BroadcastFixture city) : IClassFixture<BroadcastFixture>
{
    private async Task<JsonElement> WordAsync(JsonElement broadcast, string text, string answers, string? senderId = null)
    {
        var answer = await city.Administrator().PutAsJsonAsync($"{Flow.PathOf(broadcast)}/wording",
            new { version = broadcast.Version, text, audience = new { include = new[] { new { unitId = city.City } } }, sendAt = Flow.Tomorrow, answers, senderId });
        return await answer.BodyAsync();
    }

    private static List<string?> HintsOf(JsonElement worded) => [.. worded.GetProperty("hints").EnumerateArray().Select(hint => hint.GetProperty("code").GetString())];

    [Fact]
    public async Task BRO_8_the_text_that_is_examined_and_charged_says_with_what_an_answer_begins()
    {
        var broadcast = await city.RequestAsync();
        var code = $"KOR{broadcast.GetProperty("number").GetInt64()}";
        // One SMS exactly, with the code in it; braces would count twice.
        var rest = new string('a', 160 - code.Length);
        var worded = await WordAsync(broadcast, $"{rest}{PlaceholderText.Code}", "Attendance");
        worded.GetProperty("revision").GetProperty("text").GetString().ShouldBe($"{rest}{code}");
        worded.GetProperty("travel").GetProperty("segmentsMax").GetInt32().ShouldBe(1);
        HintsOf(worded).ShouldBeEmpty();

        var preview = await (await city.Administrator().PostAsJsonAsync($"{Flow.Path}/wording/preview",
            new { text = $"Yth. {{nama}}: balas {PlaceholderText.Code} hadir", broadcastId = broadcast.GetProperty("id").GetGuid() })).BodyAsync();
        preview.GetProperty("samples").EnumerateArray().Single(sample => sample.GetProperty("kind").GetString() == "Shared").GetProperty("text").GetString()
            .ShouldBe($"Yth. Bapak/Ibu: balas {code} hadir");
    }

    [Theory]
    [InlineData("Rapat besok", "None", null, "")]
    [InlineData("Rapat besok", "None", "PEMKOT", "")]
    [InlineData("Hadir?", "Attendance", null, "answer-code-missing")]
    [InlineData("Hadir? Balas KOR0 ya", "Free", null, "answer-code-missing")]
    [InlineData("Hadir? Balas {kode} ya", "Attendance", "PEMKOT", "sender-takes-no-answers")]
    [InlineData("Hadir?", "Free", "PEMKOT", "answer-code-missing,sender-takes-no-answers")]
    public async Task BRO_8_where_no_answer_by_SMS_can_come_the_author_is_told(string text, string answers, string? senderId, string hints)
    {
        var worded = await WordAsync(await city.RequestAsync(), text, answers, senderId);
        string.Join(',', HintsOf(worded)).ShouldBe(hints);
        worded.GetProperty("hints").EnumerateArray().ShouldAllBe(hint => hint.GetProperty("text").GetString()!.StartsWith("Jawaban diminta", StringComparison.Ordinal));
    }
}
