using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;

namespace Broadcast.Tests.Receiving;

/// <summary>What recipients see on the web, and what they send back from there.</summary>
public sealed class MyBroadcastsTests(BroadcastFixture fixture) : IClassFixture<BroadcastFixture>
{
    [Fact]
    public async Task BRO_6_a_recipient_reads_what_was_sent_to_him_in_his_own_words()
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Delivered"), (fixture.HealthClerk, "Ordered")]);
        var me = fixture.Client(fixture.HeadOfHealth.Official);
        var item = (await MineAsync(me)).Single(i => i.GetProperty("id").GetGuid() == sent.Id);
        (item.GetProperty("number").GetInt64(), item.GetProperty("sms").GetString(), item.GetProperty("isAnswered").GetBoolean()).ShouldBe((sent.Number, "Delivered", false));
        item.GetProperty("readAt").ValueKind.ShouldBe(JsonValueKind.Null);

        var copy = await me.GetFromJsonAsync<JsonElement>($"/api/broadcasts/mine/{sent.Id}");
        copy.GetProperty("text").GetString().ShouldBe($"Yth. {fixture.HeadOfHealth.Name} (Kepala), apel pukul 07.00 di balai kota");
        copy.GetProperty("answerBySms").GetString().ShouldBe($"KOR{sent.Number}");
    }

    [Fact]
    public async Task BRO_6_the_first_reading_is_kept_and_of_nobody_else()
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Delivered"), (fixture.HealthClerk, "Delivered")]);
        var (me, path) = (fixture.Client(fixture.HeadOfHealth.Official), $"/api/broadcasts/mine/{sent.Id}");
        await Task.WhenAll(me.GetAsync(path), me.GetAsync(path), me.GetAsync(path));
        var first = (await me.GetFromJsonAsync<JsonElement>(path)).GetProperty("item").GetProperty("readAt").GetDateTimeOffset();
        (await me.GetFromJsonAsync<JsonElement>(path)).GetProperty("item").GetProperty("readAt").GetDateTimeOffset().ShouldBe(first);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from read_receipt where broadcast_id = '{sent.Id}'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("Ordered", true)]
    [InlineData("Failed", true)]
    [InlineData("Skipped:no-number", true)]
    [InlineData("Skipped:same-number", true)]
    [InlineData("Skipped:left-office", false)]
    [InlineData("Withdrawn", false)]
    [InlineData("Listed", false)]
    public async Task BRO_6_who_was_to_get_no_SMS_reads_it_only_where_the_SMS_could_not_reach_him(string sms, bool reads)
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfWorks, sms)]);
        (await fixture.Client(fixture.HeadOfWorks.Official).GetAsync($"/api/broadcasts/mine/{sent.Id}")).StatusCode.ShouldBe(reads ? HttpStatusCode.OK : HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task BRO_6_nobody_else_reads_it_and_nobody_before_it_is_sent()
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Delivered")]);
        var draft = await fixture.AddSentAsync(state: "Submitted", started: false, recipients: [(fixture.HeadOfHealth, "Listed")]);
        (await fixture.Client(fixture.HeadOfWorks.Official).GetAsync($"/api/broadcasts/mine/{sent.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.Client(null, 0, "Administrator").GetAsync($"/api/broadcasts/mine/{sent.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.Client(fixture.HeadOfHealth.Official).GetAsync($"/api/broadcasts/mine/{draft.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await MineAsync(fixture.Client(fixture.HeadOfHealth.Official))).ShouldNotContain(i => i.GetProperty("id").GetGuid() == draft.Id);
    }

    [Fact]
    public async Task BRO_8_the_latest_answer_says_whether_he_comes()
    {
        var sent = await fixture.AddSentAsync("Attendance", kind: "Invitation", recipients: [(fixture.HeadOfHealth, "Delivered"), (fixture.HealthClerk, "Delivered")]);
        var (me, path) = (fixture.Client(fixture.HeadOfHealth.Official), $"/api/broadcasts/mine/{sent.Id}/answers");
        (await me.PostAsJsonAsync(path, new { attends = true })).StatusCode.ShouldBe(HttpStatusCode.Created);
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        (await me.PostAsJsonAsync(path, new { attends = false, text = "Dinas luar" })).StatusCode.ShouldBe(HttpStatusCode.Created);
        var answers = (await me.GetFromJsonAsync<JsonElement>($"/api/broadcasts/mine/{sent.Id}")).GetProperty("myAnswers").EnumerateArray().ToList();
        answers.Select(a => a.GetProperty("attends").GetBoolean()).ShouldBe([false, true]);

        var outcome = (await fixture.Client(fixture.Mayor.Official, 0, "Mayor").GetFromJsonAsync<JsonElement>($"/api/broadcasts/{sent.Id}/report")).GetProperty("outcome");
        (outcome.GetProperty("answered").GetInt64(), outcome.GetProperty("attend").GetInt64(), outcome.GetProperty("stayAway").GetInt64()).ShouldBe((1, 0, 1));
    }

    [Fact]
    public async Task BRO_8_an_answer_that_was_not_asked_for_is_refused_with_its_field()
    {
        var (none, attendance, free) = (
            await fixture.AddSentAsync("None", recipients: [(fixture.HeadOfHealth, "Delivered")]), await fixture.AddSentAsync("Attendance", recipients: [(fixture.HeadOfHealth, "Delivered")]),
            await fixture.AddSentAsync("Free", recipients: [(fixture.HeadOfHealth, "Delivered")]));
        (await AnswerAsync(none.Id, new { text = "Ya" })).ShouldBe((HttpStatusCode.Conflict, null));
        (await AnswerAsync(attendance.Id, new { text = "Ya" })).ShouldBe((HttpStatusCode.BadRequest, "attends"));
        (await AnswerAsync(free.Id, new { attends = true, text = "Ya" })).ShouldBe((HttpStatusCode.BadRequest, "attends"));
        (await AnswerAsync(free.Id, new { text = " \u200B " })).ShouldBe((HttpStatusCode.BadRequest, "text"));
        (await AnswerAsync(free.Id, new { text = new string('a', 919) })).ShouldBe((HttpStatusCode.BadRequest, "text"));
        (await AnswerAsync(free.Id, new { text = "a\0b" })).ShouldBe((HttpStatusCode.BadRequest, "text"));
        (await AnswerAsync(Guid.CreateVersion7(), new { text = "Ya" })).ShouldBe((HttpStatusCode.NotFound, null));
        (await fixture.Database.ScalarAsync<long>($"select count(*) from answer where broadcast_id in ('{none.Id}', '{attendance.Id}', '{free.Id}')")).ShouldBe(0);
    }

    [Fact]
    public async Task BRO_8_a_repeat_with_its_key_is_one_answer()
    {
        var sent = await fixture.AddSentAsync("Free", recipients: [(fixture.HeadOfHealth, "Delivered")]);
        var me = fixture.Client(fixture.HeadOfHealth.Official);
        me.DefaultRequestHeaders.Add("Idempotency-Key", $"{sent.Id}");
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => me.PostAsJsonAsync($"/api/broadcasts/mine/{sent.Id}/answers", new { text = "Siap" })));
        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Created);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from answer where broadcast_id = '{sent.Id}'")).ShouldBe(1);
    }

    private async Task<(HttpStatusCode, string?)> AnswerAsync(Guid id, object answer)
    {
        using var response = await fixture.Client(fixture.HeadOfHealth.Official).PostAsJsonAsync($"/api/broadcasts/mine/{id}/answers", answer);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (response.StatusCode, problem.TryGetProperty("errors", out var errors) ? errors.EnumerateObject().First().Name : null);
    }

    private static async Task<List<JsonElement>> MineAsync(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/api/broadcasts/mine")).GetProperty("items").EnumerateArray()];
}
