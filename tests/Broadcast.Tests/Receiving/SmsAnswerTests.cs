using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Receiving;
using Broadcast.Tests.Testing;
using Contracts.Directory;
using Contracts.InboundSms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Broadcast.Tests.Receiving;

/// <summary>Answers by SMS, as InboundSms tells them.</summary>
public sealed class SmsAnswerTests(BroadcastFixture fixture) : IClassFixture<BroadcastFixture>
{
    [Fact]
    public async Task BRO_8_an_answer_by_SMS_finds_its_recipient_by_the_pseudonym_of_his_number()
    {
        var sent = await fixture.AddSentAsync("Attendance", recipients: [(fixture.HeadOfHealth, "Delivered"), (fixture.HealthClerk, "Delivered")]);
        await ToldAsync(sent.Number, fixture.HealthClerk.Number!, "tidak bisa hadir");
        await ToldAsync(sent.Number, fixture.HeadOfHealth.Number!, "=HYPERLINK(\"x\")");
        var mayor = fixture.Client(fixture.Mayor.Official, 0, "Mayor");
        var answers = (await mayor.GetFromJsonAsync<JsonElement>($"/api/broadcasts/{sent.Id}/answers")).GetProperty("items").EnumerateArray().ToList();
        answers.Count.ShouldBe(2);
        var his = answers.Single(a => a.GetProperty("officialId").GetGuid() == fixture.HealthClerk.Official);
        (his.GetProperty("via").GetString(), his.GetProperty("attends").GetBoolean(), his.GetProperty("text").GetString()).ShouldBe(("Sms", false, "tidak bisa hadir"));

        var csv = await mayor.GetStringAsync($"/api/broadcasts/{sent.Id}/answers.csv");
        csv.ShouldContain("\"'=HYPERLINK(\"\"x\"\")\"", customMessage: "no spreadsheet calculates what somebody wrote");
        csv.ShouldNotContain(fixture.HealthClerk.Number!);
        (await fixture.Client(fixture.HealthClerk.Official).GetFromJsonAsync<JsonElement>("/api/broadcasts/mine")).GetProperty("items").EnumerateArray()
            .Single(i => i.GetProperty("id").GetGuid() == sent.Id).GetProperty("isAnswered").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task BRO_8_a_repeated_event_is_one_answer()
    {
        var sent = await fixture.AddSentAsync("Free", recipients: [(fixture.HeadOfHealth, "Delivered")]);
        var told = await ToldAsync(sent.Number, fixture.HeadOfHealth.Number!, "siap");
        // Told anew after a restore of InboundSms: the same message of it, another one of the broker.
        var again = Guid.CreateVersion7();
        await fixture.Bus.PublishAsync(told, again);
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from inbox where message_id = '{again}')"));
        (await fixture.Database.ScalarAsync<long>($"select count(*) from answer where id = '{told.MessageId}'")).ShouldBe(1);
        (await fixture.Client(null, 0, "Administrator").GetFromJsonAsync<JsonElement>("/api/broadcasts/parked-messages")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task BRO_8_an_answer_from_the_number_of_a_resend_is_his()
    {
        var post = await fixture.AddPostAsync(fixture.Health, "Staff", "Staf");
        var sent = await fixture.AddSentAsync("Attendance", recipients: [(post, "Failed"), (fixture.HeadOfHealth, "Delivered")]);
        var number = "+6281377000002";
        await fixture.SignInIsFreshAsync();
        await fixture.Bus.PublishAsync(new ContactChanged { OfficialId = post.Official, NoticePhone = number, Version = 2 });
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from contacts.contact where notice_phone = '{number}')"));
        (await fixture.Client(null, 0, "Administrator").PostAsJsonAsync($"/api/broadcasts/{sent.Id}/recipients/{post.Official}/resends", new { reason = "Ganti nomor", resends = 0 }))
            .StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await ToldAsync(sent.Number, number, "hadir");
        await ToldAsync(sent.Number, fixture.HeadOfHealth.Number!, "tidak");
        var answers = await AnswersAsync(sent.Id);
        answers.Single(a => a.GetProperty("attends").GetBoolean()).GetProperty("officialId").GetGuid().ShouldBe(post.Official);
        answers.Single(a => !a.GetProperty("attends").GetBoolean()).GetProperty("officialId").GetGuid().ShouldBe(fixture.HeadOfHealth.Official);
    }

    [Fact]
    public async Task BRO_8_attendance_is_read_only_where_the_broadcast_asks_for_it()
    {
        var sent = await fixture.AddSentAsync("Free", recipients: [(fixture.HeadOfHealth, "Delivered")]);
        await ToldAsync(sent.Number, fixture.HeadOfHealth.Number!, "siap");
        (await AnswersAsync(sent.Id)).ShouldHaveSingleItem().GetProperty("attends").ValueKind.ShouldBe(JsonValueKind.Null);
        (await OutcomeAsync(sent.Id)).ShouldBe((1, 0, 0));
    }

    [Fact]
    public async Task BRO_8_an_unclear_SMS_takes_no_clear_answer_back_and_a_clear_one_does()
    {
        var sent = await fixture.AddSentAsync("Attendance", recipients: [(fixture.HeadOfHealth, "Delivered")]);
        var clear = await ToldAsync(sent.Number, fixture.HeadOfHealth.Number!, "hadir");
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await ToldAsync(sent.Number, fixture.HeadOfHealth.Number!, "parkir di mana?");
        (await OutcomeAsync(sent.Id)).ShouldBe((1, 1, 0));
        (await AnswersAsync(sent.Id)).Single(a => a.GetProperty("isLatest").GetBoolean()).GetProperty("id").GetGuid().ShouldBe(clear.MessageId);
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        var other = await ToldAsync(sent.Number, fixture.HeadOfHealth.Number!, "maaf tidak jadi hadir");
        (await OutcomeAsync(sent.Id)).ShouldBe((1, 0, 1));
        (await AnswersAsync(sent.Id)).Single(a => a.GetProperty("isLatest").GetBoolean()).GetProperty("id").GetGuid().ShouldBe(other.MessageId);
    }

    [Theory]
    [InlineData("KOR", true)]
    [InlineData("kor", false)]
    [InlineData("KOR1", false)]
    [InlineData("K", false)]
    [InlineData("", false)]
    public void BRO_8_a_code_that_no_SMS_could_begin_with_is_refused_at_the_start(string code, bool isGood) =>
        fixture.Services.GetServices<IValidateOptions<ReceivingOptions>>().Any(check => check.Validate("", new() { AnswerCode = code }).Failed).ShouldBe(!isGood);

    [Fact]
    public async Task BRO_8_what_fits_nobody_is_kept_for_a_person_to_look_at()
    {
        var sent = await fixture.AddSentAsync("Free", recipients: [(fixture.HeadOfHealth, "Delivered"), (fixture.HealthClerk, "Skipped:left-office")]);
        var draft = await fixture.AddSentAsync("Free", state: "Submitted", started: false, recipients: [(fixture.HeadOfHealth, "Listed")]);
        var stranger = await ToldAsync(sent.Number, "+6281370000001", "lampu jalan padam");
        var gone = await ToldAsync(sent.Number, fixture.HealthClerk.Number!, "saya sudah pindah");
        var early = await ToldAsync(draft.Number, fixture.HeadOfHealth.Number!, "belum ada");
        var unknown = await ToldAsync(999_999_999, fixture.HeadOfHealth.Number!, "nomor lain");
        var items = (await fixture.Client(null, 0, "Administrator").GetFromJsonAsync<JsonElement>("/api/broadcasts/unknown-answers")).GetProperty("items").EnumerateArray().ToList();
        items.Where(i => i.GetProperty("isBroadcast").GetBoolean()).Select(i => i.GetProperty("id").GetGuid()).ShouldBe([stranger.MessageId, gone.MessageId], ignoreOrder: true);
        items.Where(i => !i.GetProperty("isBroadcast").GetBoolean()).Select(i => i.GetProperty("id").GetGuid()).ShouldBe([early.MessageId, unknown.MessageId], ignoreOrder: true);
        items.Single(i => i.GetProperty("id").GetGuid() == stranger.MessageId).GetProperty("text").GetString().ShouldBe("lampu jalan padam");
        (await fixture.Client(fixture.Mayor.Official, 0, "Mayor").GetAsync("/api/broadcasts/unknown-answers")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task BRO_8_only_who_may_read_the_broadcast_reads_its_answers()
    {
        var sent = await fixture.AddSentAsync("Free", recipients: [(fixture.HeadOfHealth, "Delivered")]);
        foreach (var path in new[] { "answers", "answers.csv", "report", "report.ods", "dossier.zip" })
            (await fixture.Client(fixture.HeadOfHealth.Official).GetAsync($"/api/broadcasts/{sent.Id}/{path}")).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
    }

    private Task<OfficialAnswered> ToldAsync(long number, string from, string text) => fixture.AnswerBySmsAsync(number, from, text);

    private HttpClient Mayor => fixture.Client(fixture.Mayor.Official, 0, "Mayor");

    private async Task<List<JsonElement>> AnswersAsync(Guid broadcast) =>
        [.. (await Mayor.GetFromJsonAsync<JsonElement>($"/api/broadcasts/{broadcast}/answers")).GetProperty("items").EnumerateArray()];

    private async Task<(long Answered, long Attend, long StayAway)> OutcomeAsync(Guid broadcast)
    {
        var outcome = (await Mayor.GetFromJsonAsync<JsonElement>($"/api/broadcasts/{broadcast}/report")).GetProperty("outcome");
        return (outcome.GetProperty("answered").GetInt64(), outcome.GetProperty("attend").GetInt64(), outcome.GetProperty("stayAway").GetInt64());
    }
}
