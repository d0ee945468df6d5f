using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InboundSms.Privacy;
using InboundSms.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Privacy;

public sealed class PersonTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PLT_9_a_person_gets_his_messages_with_their_answers_and_those_that_are_in_no_case()
    {
        const string Number = "+6281260000001";
        await AnsweredAsync("DINKES data saya", Number);
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await fixture.SendAndRouteAsync("DPU belum dijawab", Number);
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await fixture.SendAndKeepAsync("INFO", Number);
        await AnsweredAsync("DINKES milik orang lain", "+6281260000002");

        var messages = (await ExportAsync(Number)).GetProperty("messages").EnumerateArray().ToList();
        messages.Select(message => message.GetProperty("text").GetString()).ShouldBe(["DINKES data saya", "DPU belum dijawab", "INFO"]);
        messages[0].GetProperty("answers").EnumerateArray().Single().GetProperty("text").GetString().ShouldBe("Sudah kami tangani");
        messages[1].GetProperty("status").GetString().ShouldBe("Open");
        messages[1].TryGetProperty("answers", out _).ShouldBeFalse();
        messages[2].GetProperty("keptWithoutCase").GetString().ShouldBe("HelpAsked");
    }

    [Fact]
    public async Task PLT_9_a_person_gets_his_block_his_STOP_and_what_the_system_remembers_of_itself()
    {
        const string Number = "+6281260000003";
        var message = await fixture.SendAndRouteAsync("promo tanpa kata kunci", Number);
        await fixture.SendAndKeepAsync("STOP", Number);
        await PostAsync(fixture.Client(roles: Roles.Secretary), $"/api/inbound-sms/messages/{message}/block", new { reason = "Iklan berulang" });
        (await fixture.SendSmsAsync("DINKES promo lagi", Number)).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from blocked_message b join message_content c using (message_id) where c.sender = '{Number}')"));

        var told = await ExportAsync(Number);
        told.GetProperty("blocks").EnumerateArray().Single().GetProperty("reason").GetString().ShouldBe("Iklan berulang");
        told.GetProperty("optOuts").EnumerateArray().Single().GetProperty("isOut").GetBoolean().ShouldBeTrue();
        told.GetProperty("automaticSms").EnumerateArray().Single().GetProperty("kind").GetString().ShouldBe("Help");
        told.GetProperty("fingerprintsOfAutomaticSms").GetArrayLength().ShouldBe(1);
        told.GetProperty("messages").EnumerateArray().Single(sent => sent.TryGetProperty("mutedByBlock", out _)).GetProperty("text").GetString().ShouldBe("DINKES promo lagi");
    }

    [Fact]
    public async Task PLT_9_a_person_gets_the_name_that_he_gave_and_who_looked_at_his_number_and_why()
    {
        const string Number = "+6281260000004";
        var call = await PostAsync(fixture.Client(roles: Roles.Secretary), "/api/inbound-sms/messages", new { text = "Air keruh", callerNumber = Number, keyword = "DINKES", name = "Pak Joko" });
        var id = call.GetProperty("id").GetGuid();
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from case_message where message_id = '{id}')"));
        await fixture.Database.ExecuteAsync($"insert into organisation.official (id, name, version) values ('{fixture.DinkesOfficial}', 'Ibu Sari', 1) on conflict (id) do update set name = excluded.name");
        await PostAsync(fixture.Client(fixture.DinkesOfficial), $"/api/inbound-sms/messages/{id}/sender", new { reason = "harus ditelepon" });
        await PostAsync(fixture.Client(roles: Roles.Secretary), "/api/inbound-sms/messages/number-search", new { number = Number, reason = "lupa nomor kasus" });

        var told = await ExportAsync(Number);
        told.GetProperty("messages").EnumerateArray().Single().GetProperty("givenName").GetString().ShouldBe("Pak Joko");
        var looks = told.GetProperty("lookedAtBy").EnumerateArray().ToList();
        looks.Select(look => (look.GetProperty("how").GetString(), look.GetProperty("reason").GetString()))
            .ShouldBe([("SenderShown", "harus ditelepon"), ("FoundByNumber", "lupa nomor kasus")], ignoreOrder: true);
        looks.Single(look => look.GetProperty("how").GetString() == "SenderShown").GetProperty("name").GetString().ShouldBe("Ibu Sari");
    }

    [Fact]
    public async Task PLT_9_a_number_that_nobody_knows_has_no_data()
    {
        var told = await ExportAsync("+6281260000009");
        told.EnumerateObject().Select(member => member.Name).ShouldBe(["number", "messages"]);
        told.GetProperty("messages").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task PLT_9_a_person_has_his_data_removed_but_for_what_waits_for_an_answer()
    {
        const string Number = "+6281260000005";
        await AnsweredAsync("DINKES sudah dijawab", Number);
        var waiting = await fixture.SendAndRouteAsync("DPU belum dijawab", Number);
        var other = await AnsweredAsync("DINKES milik orang lain", "+6281260000006");
        var number = await fixture.Database.ScalarAsync<long>($"select number from sms_case where first_message_id = '{waiting}'");

        (await EraseAsync(Number)).ShouldBe((2, $"1 messages erased; not erased, because they wait for an answer: case {number}; answer or set them aside, then do this again"));
        (await fixture.Database.ScalarAsync<long>($"select count(*) from message_content where sender = '{Number}'")).ShouldBe(1);
        (await fixture.Database.ScalarAsync<bool>($"select exists (select from erasure where message_id = '{other}')")).ShouldBeFalse();

        await PostAsync(fixture.Client(fixture.DpuOfficial), $"/api/inbound-sms/messages/{waiting}/answers", new { text = "Sudah kami tangani" });
        (await EraseAsync(Number)).ShouldBe((0, "1 messages erased"));
        (await EraseAsync(Number)).ShouldBe((0, "0 messages erased"));
        (await ExportAsync(Number)).GetProperty("messages").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("+6281260000021", "From=%2B6281260000021&Body=Jalan+rusak", "From=%2B62812600000210&Body=Jalan+rusak")]
    [InlineData("+6281260000022", """{"from":"081260000022","text":"Jalan rusak"}""", """{"from":"0881260000022","text":"Jalan rusak"}""")]
    [InlineData("+6591234567", "from=6591234567&text=Jalan rusak", "from=16591234567&text=Jalan rusak")]
    public async Task PLT_9_a_person_hears_of_calls_with_his_number_that_nobody_could_read_and_has_them_removed(string number, string his, string another)
    {
        foreach (var body in new[] { his, another })
            await fixture.Database.ExecuteAsync($"insert into quarantine (channel, reason, received_at, body) values ('generic', 'signature', now(), convert_to('{body}', 'UTF8') || '\xff'::bytea)");

        (await ExportAsync(number)).GetProperty("unreadCalls").EnumerateArray().ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldBe("signature");
        (await EraseAsync(number)).ShouldBe((0, "0 messages erased, 1 calls that nobody could read"));
        (await ExportAsync(number)).TryGetProperty("unreadCalls", out _).ShouldBeFalse();
        (await fixture.Database.ScalarAsync<long>($"select count(*) from quarantine where position(convert_to('{another}', 'UTF8') in body) > 0")).ShouldBe(1);
    }

    [Fact]
    public void PLT_9_both_are_verbs_of_the_program() =>
        new[] { "--export-person", "--erase-person" }.ShouldBeSubsetOf(fixture.Services.GetServices<Verb>().Select(verb => verb.Name));

    private async Task<JsonElement> ExportAsync(string number)
    {
        await using var owner = NpgsqlDataSource.Create(fixture.Database.Administrator);
        using var output = new StringWriter();
        (await PersonRequests.ExportAsync(new(owner, number, output, Stop))).ShouldBe(0);
        return JsonDocument.Parse(output.ToString()).RootElement;
    }

    private async Task<(int Exit, string Said)> EraseAsync(string number)
    {
        await using var owner = NpgsqlDataSource.Create(fixture.Database.Administrator);
        using var output = new StringWriter();
        return (await PersonRequests.EraseAsync(new(owner, number, output, Stop)), output.ToString().TrimEnd());
    }

    private async Task<Guid> AnsweredAsync(string text, string from)
    {
        var message = await fixture.SendAndRouteAsync(text, from);
        await PostAsync(fixture.Client(fixture.DinkesOfficial), $"/api/inbound-sms/messages/{message}/answers", new { text = "Sudah kami tangani" });
        return message;
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        var answer = await client.PostAsJsonAsync(path, body, Stop);
        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.Accepted);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }
}
