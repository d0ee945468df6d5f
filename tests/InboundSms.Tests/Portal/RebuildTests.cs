using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Notification;
using InboundSms.Publishing;
using InboundSms.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace InboundSms.Tests.Portal;

public sealed class RebuildTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_8_the_public_copy_can_be_lost_altered_or_too_much_and_is_made_anew()
    {
        var (lost, altered, down) = (await PublishAsync("DINKES hilang", 1), await PublishAsync("DINKES berubah, hub 081234567890", 2), await PublishAsync("DINKES ditarik", 3));
        var before = await ShownAsync();
        await fixture.Database.ExecuteAsync($"delete from public_case where message_id = '{lost}'; update public_case set question = 'palsu' where message_id = '{altered}'");
        // As if it had been taken down without the copy.
        await fixture.Database.ExecuteAsync($"""
            update publication set taken_down_at = now(), published_at = null, version = version + 1
            where case_id = (select id from sms_case where first_message_id = '{down}')
            """);
        var proofs = await fixture.Database.ScalarAsync<long>("select count(*) from publication_proof");
        for (var n = 0; n < 2; n++)
        {
            await using var scope = fixture.Services.CreateAsyncScope();
            (await RebuildPublicSearch.RunAsync(scope.ServiceProvider, NullLogger.Instance, CancellationToken.None)).ShouldBe(0);
            (await ShownAsync()).ShouldBe(before.Where(text => text != "DINKES ditarik"), ignoreOrder: true);
        }

        (await fixture.Database.ScalarAsync<long>("select count(*) from publication_proof")).ShouldBe(proofs);
    }

    private async Task<Guid> PublishAsync(string question, int sender)
    {
        var id = await fixture.SendAndRouteAsync(question, $"+628132100000{sender}");
        var response = await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Baik" });
        response.EnsureSuccessStatusCode();
        var answer = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        await fixture.Bus.PublishAsync(new DeliveryStatusChanged { SmsId = answer, Status = DeliveryStatus.Delivered, Version = 1, At = fixture.Clock.GetUtcNow() });
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from public_case where message_id = '{id}')"));
        return id;
    }

    private async Task<List<string>> ShownAsync() => [.. (await fixture.Client().GetFromJsonAsync<JsonElement>("/publik/api/messages")).GetProperty("items").EnumerateArray()
        .Select(item => item.GetProperty("text").GetString()!)];
}
