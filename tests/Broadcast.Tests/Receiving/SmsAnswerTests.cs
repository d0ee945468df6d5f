using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;
using Contracts.InboundSms;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Sms;

namespace Broadcast.Tests.Receiving;

/// <summary>Answers by SMS, as InboundSms tells them.</summary>
public sealed class SmsAnswerTests(BroadcastFixture fixture) : IClassFixture<BroadcastFixture>
{
    private string PseudonymOf(string number) => fixture.Services.GetRequiredService<Pseudonyms>().Of(number)!;

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
        await fixture.Bus.PublishAsync(told);
        await ToldAsync(sent.Number, fixture.HeadOfHealth.Number!, "siap lagi");
        (await fixture.Database.ScalarAsync<long>($"select count(*) from answer where id = '{told.MessageId}'")).ShouldBe(1);
    }

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

    private async Task<OfficialAnswered> ToldAsync(long number, string from, string text)
    {
        var told = new OfficialAnswered { MessageId = Guid.CreateVersion7(), Number = number, SenderPseudonym = PseudonymOf(from), Text = text, ReceivedAt = fixture.Clock.GetUtcNow() };
        await fixture.Bus.PublishAsync(told);
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from answer where id = '{told.MessageId}')"));
        return told;
    }
}
