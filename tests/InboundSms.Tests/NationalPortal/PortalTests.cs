using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.NationalPortal;

public sealed class PortalTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private const string Cases = "/api/inbound-sms/portal/cases";

    private HttpClient Secretary => fixture.Client(roles: Roles.Secretary);

    [Fact]
    public async Task SPBE_24_a_complaint_of_the_national_portal_becomes_one_case_and_its_answer_goes_back()
    {
        var complaint = new { trackingId = "LAPOR-7654321", text = "Obat habis kata Siti Aminah, hubungi 081234567890", classification = "Pengaduan", keyword = "dinkes", sentAt = fixture.Clock.GetUtcNow().AddDays(-2) };
        var taken = await ImportAsync(complaint, new { trackingId = "LAPOR-7654322", text = "Untuk siapa ini?" });
        taken.Select(item => item.GetProperty("isDuplicate").GetBoolean()).ShouldBe([false, false]);
        var (id, number) = (taken[0].GetProperty("messageId").GetGuid(), taken[0].GetProperty("caseNumber").GetInt64());
        await RoutedAsync(number);
        (await fixture.Database.ScalarAsync<string>($"select concat_ws(' ', channel, keyword, class, status) from sms_case where number = {number}")).ShouldBe("Portal DINKES Complaint Open");
        (await ImportAsync(complaint))[0].ShouldSatisfyAllConditions(
            again => again.GetProperty("isDuplicate").GetBoolean().ShouldBeTrue(), again => again.GetProperty("caseNumber").GetInt64().ShouldBe(number));

        (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Stok datang besok", questionMasks = new[] { new { start = 16, length = 11 } } })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var exported = await ExportedAsync(id);
        exported.GetProperty("trackingId").GetString().ShouldBe("LAPOR-7654321");
        exported.GetProperty("classification").GetString().ShouldBe("Pengaduan");
        exported.GetProperty("status").GetString().ShouldBe("Answered");
        exported.GetProperty("answers")[0].GetProperty("text").GetString().ShouldBe("Stok datang besok");
        exported.GetProperty("text").GetString().ShouldBe("Obat habis kata ███████████, hubungi ████████████");
    }

    [Fact]
    public async Task SPBE_24_two_who_bring_the_same_complaint_at_once_bring_it_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Secretary.PostAsJsonAsync(Cases, new { cases = new[] { new { trackingId = "LAPOR-BERSAMA", text = "Jalan rusak" } } })));
        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK || answer.StatusCode == HttpStatusCode.Conflict);
        (await fixture.Database.ScalarAsync<long>("select count(*) from message where provider_message_id = 'LAPOR-BERSAMA'")).ShouldBe(1);
    }

    [Fact]
    public async Task SPBE_24_one_complaint_that_is_wrong_takes_none_over_and_is_named()
    {
        foreach (var (wrong, field) in new (object Case, string Field)[]
        {
            (new { trackingId = "LAPOR-SALAH-2", text = "   " }, "cases[1].text"),
            (new { trackingId = "LAPOR-SALAH-2", text = "ada", keyword = "TAKADA" }, "cases[1].keyword"),
            (new { trackingId = "LAPOR-SALAH-1", text = "ada" }, "cases"),
        })
        {
            var answer = await Secretary.PostAsJsonAsync(Cases, new { cases = new[] { new { trackingId = "LAPOR-SALAH-1", text = "baik" }, wrong } });
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await answer.Content.ReadAsStringAsync()).ShouldContain($"\"{field}\"");
        }

        (await Secretary.PostAsJsonAsync(Cases, new { cases = Array.Empty<object>() })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await fixture.Database.ScalarAsync<long>("select count(*) from message where provider_message_id like 'LAPOR-SALAH%'")).ShouldBe(0);
    }

    [Fact]
    public async Task SPBE_24_a_case_of_another_government_is_handed_over_once_with_both_numbers()
    {
        var message = await fixture.SendAndRouteAsync("DPU lampu jalan nasional padam", "+6281260000001");
        var path = $"/api/inbound-sms/messages/{message}/portal";
        (await fixture.Client(fixture.DpuOfficial).PostAsJsonAsync(path, new { reason = "Jalan nasional" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await Secretary.PutAsJsonAsync($"{path}/number", new { trackingId = "LAPOR-1" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Secretary.PostAsJsonAsync(path, new { reason = "Jalan nasional, kewenangan pusat" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Secretary.PostAsJsonAsync(path, new { reason = "Sekali lagi" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Secretary.PutAsJsonAsync($"{path}/number", new { trackingId = "LAPOR-9000" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var exported = await ExportedAsync(message);
        exported.GetProperty("direction").GetString().ShouldBe("ToPortal");
        exported.GetProperty("trackingId").GetString().ShouldBe("LAPOR-9000");
        (await Secretary.GetStringAsync($"/api/inbound-sms/messages/{message}/history")).ShouldContain("HandedToPortal");
    }

    private async Task<List<JsonElement>> ImportAsync(params object[] cases)
    {
        var answer = await Secretary.PostAsJsonAsync(Cases, new { cases });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return [.. (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("cases").EnumerateArray()];
    }

    private async Task<JsonElement> ExportedAsync(Guid message) =>
        (await Secretary.GetFromJsonAsync<JsonElement>(Cases)).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("messageId").GetGuid() == message);

    private Task RoutedAsync(long number) => Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from sms_case where number = {number})"));
}
