using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;

namespace Broadcast.Tests.Receiving;

/// <summary>Answers by SMS that fit no recipient: a person says whose they are.</summary>
public sealed class CloseUnknownAnswerTests(BroadcastFixture fixture) : IClassFixture<BroadcastFixture>
{
    private const string OtherPhone = "+6281370000021";

    private HttpClient Administrator => fixture.Client(null, 0, "Administrator");

    private HttpClient Mayor => fixture.Client(fixture.Mayor.Official, 0, "Mayor");

    [Fact]
    public async Task BRO_8_an_answer_from_another_phone_counts_for_him_whose_it_is()
    {
        var sent = await fixture.AddSentAsync("Attendance", recipients: [(fixture.HeadOfHealth, "Delivered"), (fixture.HealthClerk, "Skipped:no-number")]);
        var (his, hers) = (await fixture.AnswerBySmsAsync(sent.Number, OtherPhone, "hadir"), await fixture.AnswerBySmsAsync(sent.Number, OtherPhone, "parkir di mana"));
        (await OutcomeAsync(sent.Id)).ShouldBe((0, 0, 0));
        (await CloseAsync(his.MessageId, fixture.HeadOfHealth.Official)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await CloseAsync(hers.MessageId, fixture.HealthClerk.Official, attends: false)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await OutcomeAsync(sent.Id)).ShouldBe((2, 1, 1));
        var answers = (await Mayor.GetFromJsonAsync<JsonElement>($"/api/broadcasts/{sent.Id}/answers")).GetProperty("items").EnumerateArray().ToList();
        var counted = answers.Single(a => a.GetProperty("officialId").GetGuid() == fixture.HeadOfHealth.Official);
        (counted.GetProperty("via").GetString(), counted.GetProperty("attends").GetBoolean(), counted.GetProperty("text").GetString()).ShouldBe(("Sms", true, "hadir"));
        counted.GetProperty("at").GetDateTimeOffset().ShouldBe(his.ReceivedAt, TimeSpan.FromMilliseconds(1));

        (await UnknownAsync("")).ShouldNotContain(a => a.GetProperty("id").GetGuid() == his.MessageId);
        var closing = (await UnknownAsync("?open=false")).Single(a => a.GetProperty("id").GetGuid() == his.MessageId).GetProperty("closing");
        (closing.GetProperty("officialId").GetGuid(), closing.GetProperty("reason").GetString()).ShouldBe((fixture.HeadOfHealth.Official, "Ditelepon"));
        (await fixture.Database.ScalarAsync<long>($"select count(*) from broadcast_event where broadcast_id = '{sent.Id}' and kind = 'CloseUnknownAnswer'")).ShouldBe(2);
    }

    [Fact]
    public async Task BRO_8_what_is_nobodys_is_closed_and_counts_for_nobody()
    {
        var sent = await fixture.AddSentAsync("Free", recipients: [(fixture.HeadOfHealth, "Delivered")]);
        var (stray, unsent) = (await fixture.AnswerBySmsAsync(sent.Number, OtherPhone, "lampu jalan padam"), await fixture.AnswerBySmsAsync(999_999_998, OtherPhone, "salah nomor"));
        foreach (var told in new[] { stray, unsent })
        {
            (await CloseAsync(told.MessageId, reason: "Dari warga\0")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
            (await UnknownAsync("?open=true")).ShouldNotContain(a => a.GetProperty("id").GetGuid() == told.MessageId);
            var closing = (await UnknownAsync("?open=false")).Single(a => a.GetProperty("id").GetGuid() == told.MessageId).GetProperty("closing");
            (closing.GetProperty("officialId").ValueKind, closing.GetProperty("reason").GetString()).ShouldBe((JsonValueKind.Null, "Dari warga\uFFFD"));
        }

        (await OutcomeAsync(sent.Id)).ShouldBe((0, 0, 0));
    }

    [Fact]
    public async Task BRO_8_of_several_who_close_an_answer_at_once_one_does()
    {
        var sent = await fixture.AddSentAsync("Free", recipients: [(fixture.HeadOfHealth, "Delivered")]);
        var told = await fixture.AnswerBySmsAsync(sent.Number, OtherPhone, "siap");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CloseAsync(told.MessageId, fixture.HeadOfHealth.Official)));
        answers.Count(a => a.StatusCode == HttpStatusCode.NoContent).ShouldBe(1);
        foreach (var late in answers.Where(a => a.StatusCode != HttpStatusCode.NoContent))
            await late.ShouldRefuseAsync(HttpStatusCode.Conflict, "answer-closed");
        (await fixture.Database.ScalarAsync<long>($"select count(*) from answer where broadcast_id = '{sent.Id}' and official_id is not null")).ShouldBe(1);
        (await OutcomeAsync(sent.Id)).ShouldBe((1, 0, 0));
    }

    [Fact]
    public async Task BRO_8_it_is_a_recipients_and_only_who_runs_broadcasts_says_so()
    {
        var sent = await fixture.AddSentAsync("Free", recipients: [(fixture.HeadOfHealth, "Delivered"), (fixture.HealthClerk, "Skipped:left-office")]);
        var told = await fixture.AnswerBySmsAsync(sent.Number, OtherPhone, "siap");
        var unsent = await fixture.AnswerBySmsAsync(999_999_997, OtherPhone, "siap");
        var known = await fixture.AnswerBySmsAsync(sent.Number, fixture.HeadOfHealth.Number!, "siap");
        foreach (var official in new[] { fixture.HeadOfWorks.Official, fixture.HealthClerk.Official })
            await (await CloseAsync(told.MessageId, official)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "not-a-recipient", "officialId");
        await (await CloseAsync(unsent.MessageId, fixture.HeadOfHealth.Official)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "not-a-recipient", "officialId");
        await (await CloseAsync(told.MessageId, fixture.HeadOfHealth.Official, attends: true)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "attendance", "attends");
        await (await CloseAsync(told.MessageId, attends: true)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "attendance", "attends");
        foreach (var reason in new[] { "", "ab", "   ", new string('a', 301) })
            await (await CloseAsync(told.MessageId, reason: reason)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "empty", "reason");
        (await CloseAsync(known.MessageId)).StatusCode.ShouldBe(HttpStatusCode.NotFound, "it is known whose it is");
        (await CloseAsync(Guid.CreateVersion7())).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await CloseAsync(told.MessageId, client: Mayor)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await UnknownAsync("")).ShouldContain(a => a.GetProperty("id").GetGuid() == told.MessageId);
    }

    private Task<HttpResponseMessage> CloseAsync(Guid answer, Guid? officialId = null, bool? attends = null, string reason = "Ditelepon", HttpClient? client = null) =>
        (client ?? Administrator).PostAsJsonAsync($"/api/broadcasts/unknown-answers/{answer}/closing", new { reason, officialId, attends });

    private async Task<List<JsonElement>> UnknownAsync(string query) =>
        [.. (await Administrator.GetFromJsonAsync<JsonElement>($"/api/broadcasts/unknown-answers{query}")).GetProperty("items").EnumerateArray()];

    private async Task<(long Answered, long Attend, long StayAway)> OutcomeAsync(Guid broadcast)
    {
        var outcome = (await Mayor.GetFromJsonAsync<JsonElement>($"/api/broadcasts/{broadcast}/report")).GetProperty("outcome");
        return (outcome.GetProperty("answered").GetInt64(), outcome.GetProperty("attend").GetInt64(), outcome.GetProperty("stayAway").GetInt64());
    }
}
