using System.Net;
using System.Text.Json;

namespace EndToEnd.Tests;

[Collection(nameof(Handset))]
public sealed class BroadcastTests(Coordination city) : IClassFixture<Coordination>
{
    [Fact]
    public async Task BRO_1_to_BRO_8_a_broadcast_is_asked_for_worded_signed_delivered_read_and_answered()
    {
        Submitted broadcast;
        using (var handset = new Handset())
        {
            broadcast = await city.SubmittedAsync(Platform.NewWord());
            await Eventually.TrueAsync(() => Task.FromResult(handset.Count(city.ChairNumber, $"nomor {broadcast.Number} menunggu") > 0));

            var shown = await city.Chair.DoAsync(HttpMethod.Get, $"{Coordination.Api}/{broadcast.Id}/examination");
            shown.GetProperty("mayNot").ValueKind.ShouldBe(JsonValueKind.Null);
            shown.GetProperty("wording").GetProperty("text").GetString().ShouldBe(broadcast.Text);
            shown.GetProperty("wording").GetProperty("recipients").GetInt32().ShouldBe(city.Recipients.Count);
            shown.GetProperty("wording").GetProperty("contentHash").GetString().ShouldBe(broadcast.Hash);
            using var approval = await Coordination.ApproveAsync(city.Chair, broadcast);
            approval.StatusCode.ShouldBe(HttpStatusCode.OK, await approval.Content.ReadAsStringAsync());

            var report = await city.ReportAsync(broadcast, outcome => outcome.GetProperty("delivered").GetInt32() == city.Recipients.Count);
            report.GetProperty("outcome").GetProperty("frozen").GetInt32().ShouldBe(city.Recipients.Count);
            foreach (var recipient in city.Recipients)
                handset.Count(recipient.Number, broadcast.For(recipient)).ShouldBe(1);
        }

        var reader = city.Recipients[0];
        var mine = (await city.Reader.DoAsync(HttpMethod.Get, $"{Coordination.Api}/mine")).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("id").GetGuid() == broadcast.Id);
        mine.GetProperty("readAt").ValueKind.ShouldBe(JsonValueKind.Null);
        (await city.Reader.DoAsync(HttpMethod.Get, $"{Coordination.Api}/mine/{broadcast.Id}")).GetProperty("text").GetString().ShouldBe(broadcast.For(reader));
        await city.ReportAsync(broadcast, outcome => outcome.GetProperty("read").GetInt32() == 1);

        // The network has one handset at a time.
        var attendant = city.Recipients[1];
        using (new Handset(attendant.Number, Platform.CityNumber, $"KOR{broadcast.Number} hadir"))
            await city.ReportAsync(broadcast, outcome => outcome.GetProperty("answered").GetInt32() == 1 && outcome.GetProperty("attend").GetInt32() == 1);
        var answers = await city.Originator.DoAsync(HttpMethod.Get, $"{Coordination.Api}/{broadcast.Id}/answers");
        var answer = answers.GetProperty("items").EnumerateArray().Single();
        answer.GetProperty("officialId").GetGuid().ShouldBe(attendant.Id);

        await Traces.HoldNoNumberAsync([.. city.Recipients.Select(recipient => recipient.Number), city.ChairNumber], [broadcast.Id, answer.GetProperty("id").GetGuid()],
            ("/api/broadcasts/{id:guid}/approval", ["gateway", "broadcast"]), ("/webhooks/sms/{channel}", ["gateway", "inboundsms", "broadcast"]));
    }

    [Fact]
    public async Task BRO_4_without_the_Chairs_approval_nothing_is_sent()
    {
        using var handset = new Handset();
        var held = await city.SubmittedAsync(Platform.NewWord());
        foreach (var who in new[] { city.Administrator, city.Originator, city.Reader })
        {
            using var refused = await Coordination.ApproveAsync(who, held);
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        // One that was submitted later has gone all its way.
        var later = await city.SubmittedAsync(Platform.NewWord());
        using var approval = await Coordination.ApproveAsync(city.Chair, later);
        approval.StatusCode.ShouldBe(HttpStatusCode.OK, await approval.Content.ReadAsStringAsync());
        await city.ReportAsync(later, outcome => outcome.GetProperty("delivered").GetInt32() == city.Recipients.Count);

        var report = await city.ReportAsync(held, outcome => outcome.GetProperty("listed").GetInt32() == city.Recipients.Count);
        report.GetProperty("state").GetString().ShouldBe("Submitted");
        report.GetProperty("startedAt").ValueKind.ShouldBe(JsonValueKind.Null);
        foreach (var recipient in city.Recipients)
        {
            handset.Count(recipient.Number, later.For(recipient)).ShouldBe(1);
            handset.Count(recipient.Number, held.For(recipient)).ShouldBe(0);
        }
    }
}
