using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Notification;
using InboundSms.Resources;
using InboundSms.Tests.Testing;

namespace InboundSms.Tests.Publishing;

/// <summary>A citizen objects by SMS to the publication of his case.</summary>
public sealed class ObjectionTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_8_a_citizen_takes_his_case_off_the_public_site_by_SMS_and_hears_that_it_is_so()
    {
        const string Number = "+6281255000001";
        var (id, number) = await PublishedAsync("DINKES urusan pribadi", Number);
        var objection = await fixture.SendAndKeepAsync($"RAHASIA {number}", Number);
        (await PublicIdsAsync()).ShouldNotContain(id);
        (await fixture.Client().GetAsync($"/publik/open311/v2/requests/{number}.json")).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        (await fixture.HistoryAsync(id)).Count(line => line.StartsWith("MadeSecret", StringComparison.Ordinal)).ShouldBe(1);
        (await fixture.Database.ScalarAsync<string>($"select reason from kept_message where message_id = '{objection}'")).ShouldBe("PublicationObjected");
        (await fixture.Bus.GetAsync<SendSms>(sms => sms.To == Number && sms.Purpose == SmsPurpose.AutoAnswer)).Text.ShouldBe(InboundSmsTexts.NotPublished(number));

        // Nobody brings it back, and saying it again is nothing.
        await fixture.SendAndKeepAsync("jangan dipublikasikan", Number);
        (await fixture.HistoryAsync(id)).Count(line => line.StartsWith("MadeSecret", StringComparison.Ordinal)).ShouldBe(1);
        (await fixture.Client(fixture.DinkesOfficial).GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{id}/publication")).GetProperty("state").GetString().ShouldBe("Secret");
        (await fixture.Database.ScalarAsync<bool>($"select published_at is null from publication p join sms_case c on c.id = p.case_id where c.number = {number}")).ShouldBeTrue();
    }

    [Fact]
    public async Task SMS_8_before_the_answer_it_is_never_published_and_without_a_number_the_latest_case_is_meant()
    {
        const string Number = "+6281255000002";
        var (earlier, _) = await PublishedAsync("DINKES boleh dibaca", Number);
        var latest = await fixture.SendAndRouteAsync("DINKES jangan dibaca", Number);
        await fixture.SendAndKeepAsync("JANGAN PUBLIKASI", Number);
        await AnswerAsync(latest);
        (await PublishedAsync("DINKES penanda", "+6281255000003")).Id.ShouldNotBe(latest);
        var shown = await PublicIdsAsync();
        shown.ShouldContain(earlier);
        shown.ShouldNotContain(latest);
    }

    [Fact]
    public async Task SMS_8_to_a_strangers_case_nobody_objects_and_he_hears_of_none()
    {
        var (id, number) = await PublishedAsync("DINKES bukan milik Anda", "+6281255000004");
        await fixture.SendAndKeepAsync($"RAHASIA {number}", "+6281255000005");
        (await fixture.Bus.GetAsync<SendSms>(sms => sms.To == "+6281255000005")).Text.ShouldBe(InboundSmsTexts.CaseNotFound(number));
        (await PublicIdsAsync()).ShouldContain(id);
        // Who has no case at all says it to the secretariat.
        await fixture.SendAndRouteAsync("RAHASIA", "+6281255000006");
    }

    [Fact]
    public async Task SMS_8_an_objection_while_it_is_being_published_wins_always()
    {
        var sent = await Task.WhenAll(Enumerable.Range(0, 15).Select(async n =>
        {
            var (from, id) = ($"+62812550010{n:00}", await fixture.SendAndRouteAsync($"DINKES bersamaan {n}", $"+62812550010{n:00}"));
            var given = await AnswerAsync(id, isDelivered: false);
            return (from, id, given);
        }));
        await Task.WhenAll(sent.SelectMany(one => new Task[] { DeliverAsync(one.given), fixture.SendAndKeepAsync("RAHASIA", one.from) }));
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>("select not exists (select from outbox)"));
        await PublishedAsync("DINKES sesudahnya", "+6281255002000");
        (await PublicIdsAsync()).Intersect(sent.Select(one => one.id)).ShouldBeEmpty();
    }

    private async Task<(Guid Id, long Number)> PublishedAsync(string text, string from)
    {
        var id = await fixture.SendAndRouteAsync(text, from);
        await AnswerAsync(id);
        await Eventually.TrueAsync(async () => (await PublicIdsAsync()).Contains(id));
        return (id, await fixture.Database.ScalarAsync<long>($"select number from sms_case where first_message_id = '{id}'"));
    }

    private async Task<Guid> AnswerAsync(Guid id, bool isDelivered = true)
    {
        var answer = await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Baik" });
        answer.EnsureSuccessStatusCode();
        var given = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        if (isDelivered)
            await DeliverAsync(given);
        return given;
    }

    private Task DeliverAsync(Guid answer) =>
        fixture.Bus.PublishAsync(new DeliveryStatusChanged { SmsId = answer, Status = DeliveryStatus.Delivered, Version = 1, At = fixture.Clock.GetUtcNow() });

    private async Task<List<Guid>> PublicIdsAsync() =>
        [.. (await fixture.Client().GetFromJsonAsync<JsonElement>("/publik/api/messages")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid())];
}
