using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InboundSms.Privacy;
using InboundSms.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceDefaults.AppendOnly;

namespace InboundSms.Tests.Privacy;

public sealed class PrivacyTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PLT_9_words_and_numbers_end_with_their_time_and_the_chain_still_holds()
    {
        var answered = await AnsweredAsync("DINKES rahasia lama 081234567890", "+6281250000001");
        var waiting = await fixture.SendAndRouteAsync("DINKES masih menunggu", "+6281250000002");
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>("select not exists (select from unsealed)"));
        // The tests' clock is months behind the database's.
        await using var owner = NpgsqlDataSource.Create(fixture.Database.Administrator);
        using var said = new StringWriter();
        (await PersonRequests.KeepAsync(owner, "Message 30", said, Stop)).ShouldBe(0);
        var retention = fixture.Services.GetRequiredService<ApplyRetention>();
        await retention.EraseAsync(Stop);
        (await retention.EraseAsync(Stop)).ShouldBe(0);

        (await fixture.Database.ScalarAsync<string>($"select text || sender || encode(raw, 'hex') || encode(salt, 'hex') from message_content where message_id = '{answered}'")).ShouldBeEmpty();
        (await fixture.Database.ScalarAsync<string>($"select ground from erasure where message_id = '{answered}'")).ShouldBe("Retention");
        (await fixture.Database.ScalarAsync<string>($"select text from message_content where message_id = '{waiting}'")).ShouldBe("DINKES masih menunggu");
        (await fixture.Services.GetRequiredService<SealVerifier>().VerifyAsync(Stop)).FirstFault.ShouldBeNull();
        var official = fixture.Client(fixture.DinkesOfficial);
        var shown = await official.GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{answered}");
        (shown.GetProperty("text").GetString(), shown.GetProperty("isErased").GetBoolean(), shown.GetProperty("conversation")[0].GetProperty("isErased").GetBoolean()).ShouldBe(("", true, true));
        (await official.GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{waiting}")).GetProperty("isErased").GetBoolean().ShouldBeFalse();
        (await official.GetFromJsonAsync<JsonElement>("/api/inbound-sms/messages")).GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("isErased").GetBoolean()).Select(item => item.GetProperty("id").GetGuid()).ShouldBe([answered]);
        (await fixture.Database.ScalarAsync<long>("select count(*) from case_words where words @@ to_tsquery('indonesian', 'rahasia')")).ShouldBe(0);
        (await official.GetStringAsync("/publik/api/messages")).ShouldNotContain(answered.ToString());
        await PersonRequests.KeepAsync(owner, "Message 1825", said, Stop);
    }

    [Theory]
    [InlineData("update message_content set text = 'lain'")]
    [InlineData("delete from message_content")]
    [InlineData("select erase_message((select id from message limit 1), 'Request')")]
    [InlineData("update retention_rule set keep_for = '7 days'")]
    [InlineData("set platform.erasing = 'on'; update message_content set text = 'lain'")]
    public async Task PLT_9_SMS_9_the_service_itself_can_neither_erase_nor_alter(string attempt)
    {
        await fixture.SendAndRouteAsync("DINKES tetap utuh", "+6281250000003");
        await using var service = NpgsqlDataSource.Create(fixture.Database.Runtime);
        await using var command = service.CreateCommand(attempt);
        (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Stop))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Message")]
    [InlineData("Message 3")]
    [InlineData("Letters 100")]
    [InlineData("Message 1 day")]
    public async Task PLT_9_a_retention_rule_that_makes_no_sense_changes_nothing(string rule)
    {
        await using var owner = NpgsqlDataSource.Create(fixture.Database.Administrator);
        using var said = new StringWriter();
        (await PersonRequests.KeepAsync(owner, rule, said, Stop)).ShouldBe(2);
    }

    [Fact]
    public async Task PLT_9_a_number_is_shown_for_a_reason_that_stays_in_the_history()
    {
        var message = await fixture.SendAndRouteAsync("DINKES telepon saya", "+6281250000006");
        var path = $"/api/inbound-sms/messages/{message}/sender";
        var official = fixture.Client(fixture.DinkesOfficial);
        (await official.PostAsJsonAsync(path, new { })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await official.PostAsJsonAsync(path, new { reason = "   " })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await fixture.Client(fixture.DpuOfficial).PostAsJsonAsync(path, new { reason = "ingin tahu" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        var shown = await official.PostAsJsonAsync(path, new { reason = "harus ditelepon" });
        (await shown.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("sender").GetString().ShouldBe("+6281250000006");
        shown.Headers.CacheControl!.NoStore.ShouldBeTrue();
        using var keyed = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(new { reason = "sekali lagi" }) };
        keyed.Headers.Add("Idempotency-Key", $"{Guid.CreateVersion7()}");
        (await official.SendAsync(keyed)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.Database.ScalarAsync<long>("select count(*) from idempotency where body like '%81250000006%'")).ShouldBe(0, "no copy for a repeat");
        (await official.GetStringAsync($"/api/inbound-sms/messages/{message}/history")).ShouldContain("harus ditelepon");
    }

    [Fact]
    public async Task PLT_9_a_pseudonym_is_the_same_for_a_number_and_tells_nothing_of_it()
    {
        var first = await PseudonymAsync(await fixture.SendAndRouteAsync("DINKES satu", "+6281250000007"));
        first.ShouldBe(await PseudonymAsync(await fixture.SendAndRouteAsync("DINKES dua", "+6281250000007")));
        first.ShouldNotBe(await PseudonymAsync(await fixture.SendAndRouteAsync("DINKES tiga", "+6281250000008")));
        first.ShouldStartWith("W-");
        (await PseudonymAsync(await fixture.SendAndRouteAsync("DINKES mesin", "TELKOMSEL"))).ShouldBeNull();
    }

    private async Task<string?> PseudonymAsync(Guid message) =>
        (await fixture.Client(fixture.DinkesOfficial).GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{message}")).GetProperty("senderPseudonym").GetString();

    private async Task<Guid> AnsweredAsync(string text, string from)
    {
        var message = await fixture.SendAndRouteAsync(text, from);
        (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text = "Sudah kami tangani" }))
            .StatusCode.ShouldBe(HttpStatusCode.Accepted);
        return message;
    }
}
