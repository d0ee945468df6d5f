using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using InboundSms.Receive;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Receive;

public sealed class QuarantineTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_1_a_stranger_at_one_door_does_not_push_out_what_came_to_another()
    {
        await fixture.Database.ExecuteAsync($"""
            insert into quarantine (channel, reason, received_at, body) select 'twilio', 'signature', '{fixture.Clock.GetUtcNow():O}', 'keluhan' from generate_series(1, 3);
            insert into quarantine (channel, reason, received_at, body) select 'kannel', 'credentials', '{fixture.Clock.GetUtcNow():O}', 'asing' from generate_series(1, 1500);
            insert into quarantine (channel, reason, received_at, body, is_proved) select 'kannel', 'to', '{fixture.Clock.GetUtcNow():O}', 'dari penyedia', true from generate_series(1, 2);
            """);
        (await fixture.Client().PostAsync("/webhooks/sms/kannel?id=1", new StringContent("terbaru"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await fixture.Database.ScalarAsync<long>("select count(*) from quarantine where channel = 'twilio'")).ShouldBe(3);
        (await fixture.Database.ScalarAsync<long>("select count(*) from quarantine where channel = 'kannel' and not is_proved")).ShouldBe(1000);
        (await fixture.Database.ScalarAsync<long>("select count(*) from quarantine where channel = 'kannel' and is_proved and reason = 'to'")).ShouldBe(2, "what the provider proved stays");
        (await fixture.Client().GetStringAsync("/health/ready")).ShouldContain("what channel kannel brought stands in quarantine");
        (await fixture.Database.ScalarAsync<long>("select count(*) from quarantine where channel = 'kannel' and convert_from(body, 'UTF8') = 'terbaru'")).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_1_other_words_under_a_known_id_are_kept_visibly_and_are_no_second_message()
    {
        var id = $"{Guid.CreateVersion7()}";
        using var counted = new Counting([fixture.Services], "platform.sms.refused", Intake.OtherWords);
        foreach (var (text, from) in new[] { ("DINKES pertama", "+6281260000001"), ("DINKES pertama", "081260000001"), ("DINKES kedua", "+6281260000001"), ("DINKES pertama", "+6281260000002") })
            (await fixture.SendSmsAsync(text, from, id)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.Database.ScalarAsync<string>($"select c.text || c.sender from message_content c join message m on m.id = c.message_id where m.provider_message_id = '{id}'"))
            .ShouldBe("DINKES pertama+6281260000001");
        (await KeptAsync(id)).ShouldBe(
        [
            $"id: {id}\r\nfrom: +6281260000001\r\nto: {InboundSmsFixture.CityNumber}\r\n\r\nDINKES kedua",
            $"id: {id}\r\nfrom: +6281260000002\r\nto: {InboundSmsFixture.CityNumber}\r\n\r\nDINKES pertama",
        ]);
        counted.Counted.ShouldBe(2);
    }

    [Fact]
    public async Task SMS_1_of_different_words_under_one_id_at_once_one_is_the_message_and_the_others_are_kept()
    {
        var id = $"{Guid.CreateVersion7()}";
        var other = await fixture.StartInstanceAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(n => fixture.SendSmsAsync($"DINKES versi {n / 2}", "+6281260000003", id, n % 2 == 0 ? other : null)));
        var told = await fixture.Database.ScalarAsync<string>($"select c.text from message_content c join message m on m.id = c.message_id where m.provider_message_id = '{id}'");
        (await KeptAsync(id)).Select(kept => kept[(kept.LastIndexOf('\n') + 1)..]).ShouldBe(
            Enumerable.Range(0, 6).Select(n => $"DINKES versi {n / 2}").Where(text => text != told), ignoreOrder: true);
    }

    [Fact]
    public async Task SMS_1_a_repeat_of_what_was_erased_by_law_is_kept_nowhere()
    {
        var id = $"{Guid.CreateVersion7()}";
        await fixture.SendSmsAsync("DINKES lupakan saya", "+6281260000004", id);
        await fixture.Database.ExecuteAsync($"select erase_message((select id from message where provider_message_id = '{id}'), 'Request')");
        (await fixture.SendSmsAsync("DINKES lupakan saya", "+6281260000004", id)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await KeptAsync(id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task SMS_1_who_wrote_stands_beside_a_refused_body_and_no_credentials()
    {
        var words = $"DINKES {Guid.CreateVersion7()}";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/sms/kannel?id=7&ts=1767578400") { Content = new StringContent(words) };
        request.Headers.Authorization = new("Basic", "c2FsYWg6c2FsYWg=");
        request.Headers.TryAddWithoutValidation("X-Kannel-From", "+6281260000005");
        (await fixture.Client().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await fixture.Database.ScalarAsync<string>($"select convert_from(body, 'LATIN1') from quarantine where convert_from(body, 'LATIN1') like '%{words}'"))
            .ShouldBe($"?id=7&ts=1767578400\r\nX-Kannel-From: +6281260000005\r\n\r\n{words}");
    }

    [Fact]
    public async Task SMS_1_who_is_responsible_lists_what_was_kept_and_reads_it_for_a_reason_that_the_trail_holds()
    {
        var reason = $"Mencari keluhan {Guid.CreateVersion7()}";
        await fixture.Database.ExecuteAsync($"""
            insert into quarantine (channel, reason, received_at, body, is_proved)
            select 'infobip', 'from', '{fixture.Clock.GetUtcNow().AddDays(-2):O}', convert_to('dari +6281260000006 ' || n, 'UTF8') || '\xff', true from generate_series(1, 60) n
            """);
        foreach (var (role, at) in new[] { (Roles.Administrator, 7), (Roles.DataSteward, 55) })
        {
            var client = fixture.Client(roles: role);
            var first = await PageAsync(client, "channel=infobip");
            var second = await PageAsync(client, $"channel=infobip&isProved=true&cursor={first.GetProperty("next").GetString()}");
            var items = first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).ToList();
            items.Select(item => item.GetProperty("id").GetGuid()).Distinct().Count().ShouldBe(60);
            (first.GetRawText() + second.GetRawText()).ShouldNotContain("0006");
            items[0].GetProperty("reason").GetString().ShouldBe("from");

            var id = items[at].GetProperty("id").GetGuid();
            var answer = await client.PostAsJsonAsync($"{Path}/{id}/content", new { reason });
            answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
            var read = await answer.Content.ReadFromJsonAsync<JsonElement>();
            read.GetProperty("text").GetString()!.ShouldMatch("^dari \\+6281260000006 [0-9]+\uFFFD$");
            read.GetProperty("bytes").GetBytesFromBase64()[^1].ShouldBe((byte)0xFF);
            (await fixture.Database.ScalarAsync<long>($"select count(*) from outbox where type = '{typeof(WriteToAuditTrail).FullName}' and body like '%ReadQuarantined%{id}%{reason}%'"))
                .ShouldBe(1);
        }

        (await PageAsync(fixture.Client(roles: Roles.Administrator), "channel=infobip&isProved=false")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task SMS_1_nobody_else_reads_what_was_kept_and_nobody_without_a_reason()
    {
        await fixture.Database.ExecuteAsync($"insert into quarantine (channel, reason, received_at, body) values ('vonage', 'lain', '{fixture.Clock.GetUtcNow():O}', 'isi')");
        var id = await fixture.Database.ScalarAsync<Guid>("select entry_id from quarantine where reason = 'lain'");
        foreach (var role in new[] { Roles.Secretary, Roles.Chair, Roles.Auditor, Roles.Official })
        {
            (await fixture.Client(roles: role).GetAsync(Path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await fixture.Client(roles: role).PostAsJsonAsync($"{Path}/{id}/content", new { reason = "Ingin tahu" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        var admin = fixture.Client(roles: Roles.Administrator);
        foreach (var (wrong, code) in new[] { ("", "invalid"), ("ab", "invalid"), ("    ", "empty"), ("a\u0000bc", "invalid") })
            await (await admin.PostAsJsonAsync($"{Path}/{id}/content", new { reason = wrong })).ShouldRefuseAsync(HttpStatusCode.BadRequest, code, "reason");
        await (await admin.GetAsync($"{Path}?cursor=salah")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "cursor", "cursor");
        (await admin.PostAsJsonAsync($"{Path}/{Guid.CreateVersion7()}/content", new { reason = "Tidak ada" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from outbox where type = '{typeof(WriteToAuditTrail).FullName}' and body like '%{id}%'")).ShouldBe(0);
    }

    private const string Path = "/api/inbound-sms/quarantine";

    private static Task<JsonElement> PageAsync(HttpClient client, string query) => client.GetFromJsonAsync<JsonElement>($"{Path}?{query}");

    private Task<List<string>> KeptAsync(string id) => Servers.TextsAsync(
        fixture.Database.Name, "select convert_from(body, 'LATIN1') from quarantine where is_proved and reason = $2 and convert_from(body, 'LATIN1') like $1 order by id", $"id: {id}%", Intake.OtherWords);
}
