using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Abuse;

public sealed class BlockTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private static readonly object Reason = new { reason = "Iklan berulang" };

    [Fact]
    public async Task SMS_10_what_a_blocked_sender_writes_is_kept_in_a_tray_and_opens_no_case()
    {
        var first = await fixture.SendAndRouteAsync("DINKES promo pulsa murah", "+6281270000001");
        (await BlockAsync(first, Reason)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var muted = await SendMutedAsync("DINKES promo lagi", "081270000001");

        (await Database<long>($"select count(*) from case_message where message_id = '{muted}'")).ShouldBe(0);
        (await Database<string>($"select text from message_content where message_id = '{muted}'")).ShouldBe("DINKES promo lagi");
        var item = (await ItemsAsync("blocked-messages")).Single(i => i.GetProperty("id").GetGuid() == muted);
        item.GetProperty("text").GetString().ShouldBe("DINKES promo lagi");
        item.GetProperty("senderMasked").GetString().ShouldBe("+62812••••001");
        // The case that he had stays, and its history says why nothing more comes.
        (await Database<string>($"select status from sms_case where first_message_id = '{first}'")).ShouldBe("Open");
        (await EventsAsync(first)).ShouldContain("SenderBlocked");
    }

    [Fact]
    public async Task SMS_10_the_list_of_blocked_senders_says_who_why_and_until_when_and_shows_no_number()
    {
        var first = await fixture.SendAndRouteAsync("DINKES gangguan", "+6281270000002");
        var until = fixture.Clock.GetUtcNow().AddDays(7);
        var block = await BlockedAsync(first, new { reason = "Mengganggu", expiresAt = until });
        await SendMutedAsync("DPU gangguan", "+6281270000002");
        var item = (await ItemsAsync("blocked-senders?active=true")).Single(i => i.GetProperty("id").GetGuid() == block);
        item.ShouldSatisfyAllConditions(
            i => i.GetProperty("senderMasked").GetString().ShouldBe("+62812••••002"), i => i.GetProperty("reason").GetString().ShouldBe("Mengganggu"),
            i => i.GetProperty("expiresAt").GetDateTimeOffset().ShouldBe(until), i => i.GetProperty("held").GetInt32().ShouldBe(1),
            i => i.GetProperty("isActive").GetBoolean().ShouldBeTrue(), i => i.GetRawText().ShouldNotContain("81270000002"));
    }

    [Fact]
    public async Task SMS_10_a_released_message_goes_the_way_of_every_other_once_with_its_own_receipt()
    {
        var first = await fixture.SendAndRouteAsync("DINKES awal", "+6281270000003");
        await BlockedAsync(first, Reason);
        var muted = await SendMutedAsync("DPU ternyata penting", "+6281270000003");
        fixture.Clock.Advance(TimeSpan.FromSeconds(30));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostAsync($"blocked-messages/{muted}/release", new { })));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(3);
        await Eventually.TrueAsync(() => Database<bool>($"select exists (select from sms_case where first_message_id = '{muted}')"));
        (await Database<Guid>($"select position_id from sms_case where first_message_id = '{muted}'")).ShouldBe(fixture.Dpu);
        (await Database<bool>($"select c.received_at = m.received_at from sms_case c join message m on m.id = c.first_message_id where m.id = '{muted}'")).ShouldBeTrue();
        (await EventsAsync(muted)).ShouldContain("MessageReleased");
        (await ItemsAsync("blocked-messages")).ShouldNotContain(i => i.GetProperty("id").GetGuid() == muted);
        // The block itself holds on.
        await SendMutedAsync("DPU sekali lagi", "+6281270000003");
    }

    [Fact]
    public async Task SMS_10_a_block_ends_by_hand_or_by_itself_and_another_can_follow()
    {
        var first = await fixture.SendAndRouteAsync("DINKES satu", "+6281270000004");
        var block = await BlockedAsync(first, Reason);
        (await PostAsync($"blocked-senders/{block}/lift", new { reason = "Keliru" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await PostAsync($"blocked-senders/{block}/lift", new { reason = "Keliru" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await EventsAsync(first)).ShouldContain("SenderUnblocked");
        await fixture.SendAndRouteAsync("DINKES dua", "+6281270000004");

        await BlockedAsync(first, new { reason = "Sebentar", expiresAt = fixture.Clock.GetUtcNow().AddMinutes(1) });
        await SendMutedAsync("DINKES tiga", "+6281270000004");
        await LaterAsync(TimeSpan.FromMinutes(2), async () =>
        {
            await fixture.SendAndRouteAsync("DINKES empat", "+6281270000004");
            await BlockedAsync(first, Reason);
            await SendMutedAsync("DINKES lima", "+6281270000004");
        });
    }

    [Fact]
    public async Task SMS_10_of_several_who_block_one_sender_at_once_one_succeeds()
    {
        var first = await fixture.SendAndRouteAsync("DINKES serentak", "+6281270000005");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => BlockAsync(first, Reason)));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(5);
    }

    [Theory]
    [InlineData("{}", "reason")]
    [InlineData("{\"reason\":\"  \"}", "reason")]
    [InlineData("{\"reason\":\"x\",\"expiresAt\":\"2026-01-01T00:00:00Z\"}", "expiresAt")]
    [InlineData("{\"reason\":\"x\",\"expiresAt\":\"2028-01-01T00:00:00Z\"}", "expiresAt")]
    [InlineData("{\"reason\":\"x\",\"expiresAt\":\"kapan\"}", "expiresAt")]
    public async Task SMS_10_a_wrong_block_is_a_problem_that_names_the_field_and_blocks_nobody(string body, string field)
    {
        var id = await fixture.SendAndRouteAsync("DINKES isian", "+6281270000006");
        var response = await fixture.Client(roles: Roles.Secretary).PostAsync(
            $"/api/inbound-sms/messages/{id}/block", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field);
        (await Database<long>("select count(*) from blocked_sender where sender = '+6281270000006'")).ShouldBe(0);
    }

    [Fact]
    public async Task SMS_10_who_is_nobody_cannot_be_blocked_and_an_official_of_a_unit_blocks_nobody()
    {
        var nobody = await fixture.SendAndRouteAsync("DINKES tanpa nama", "");
        (await BlockAsync(nobody, Reason)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await BlockAsync(Guid.CreateVersion7(), Reason)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync($"blocked-senders/{Guid.CreateVersion7()}/lift", Reason)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync($"blocked-messages/{Guid.CreateVersion7()}/release", Reason)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{nobody}/block", Reason)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task SMS_10_a_machine_with_a_name_can_be_blocked_too()
    {
        var first = await fixture.SendAndRouteAsync("PROMO kuota", "PROMOKU");
        await BlockedAsync(first, Reason);
        await SendMutedAsync("PROMO kuota lagi", "PROMOKU");
    }

    [Theory]
    [InlineData("blocked-senders?cursor=abc", "cursor")]
    [InlineData("blocked-messages?cursor=abc", "cursor")]
    [InlineData("blocked-senders?active=mungkin", "active")]
    public async Task SMS_10_a_wrong_filter_is_a_problem_that_names_the_field(string query, string field)
    {
        var response = await fixture.Client(roles: Roles.Chair).GetAsync($"/api/inbound-sms/{query}");
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field);
    }

    [Fact]
    public async Task SMS_10_the_record_of_a_block_is_not_altered_by_the_service()
    {
        await BlockedAsync(await fixture.SendAndRouteAsync("DINKES catatan", "+6281270000007"), Reason);
        await using var runtime = Npgsql.NpgsqlDataSource.Create(fixture.Database.Runtime);
        foreach (var sql in new[] { "delete from blocked_sender", "update blocked_sender set reason = 'lain'", "delete from blocked_message", "update opt_out set is_out = false" })
        {
            await using var command = runtime.CreateCommand(sql);
            (await Should.ThrowAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(Npgsql.PostgresErrorCodes.InsufficientPrivilege, sql);
        }
    }

    [Fact]
    public async Task SMS_12_a_mute_hides_no_emergency_one_message_an_hour_is_let_through_and_told_like_every_other()
    {
        const string Number = "+6281270000011";
        await BlockedAsync(await fixture.SendAndRouteAsync("DINKES gangguan lama", Number), Reason);
        await SendMutedAsync("DPU bukan kebakaran, hanya promo", Number);
        var fire = await fixture.SendAndRouteAsync("DPU kebakaran di gudang", Number);
        (await Database<string>($"select priority from sms_case where first_message_id = '{fire}'")).ShouldBe("Emergency");
        (await EventsAsync(fire)).Split(' ').ShouldBe(["Opened", "MessageReleased", "PriorityChanged", "EmergencyTold"], ignoreOrder: true);
        await fixture.Bus.GetAsync<Contracts.Notification.NotifyOfficial>(notice => notice.OfficialId == fixture.DpuOfficial && notice.IsUrgent);
        (await ItemsAsync("blocked-messages")).ShouldNotContain(item => item.GetProperty("id").GetGuid() == fire);

        // Whoever cries for fun is heard once.
        await SendMutedAsync("DPU kebakaran lagi", Number);
        fixture.Clock.Advance(TimeSpan.FromMinutes(61));
        try
        {
            await fixture.SendAndRouteAsync("DPU kebakaran sungguhan", Number);
        }
        finally
        {
            fixture.Clock.Advance(TimeSpan.FromMinutes(-61));
        }
    }

    private Task<HttpResponseMessage> BlockAsync(Guid message, object request) => PostAsync($"messages/{message}/block", request);

    private async Task<Guid> BlockedAsync(Guid message, object request)
    {
        var response = await BlockAsync(message, request);
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }

    private Task<HttpResponseMessage> PostAsync(string path, object request) => fixture.Client(roles: Roles.Secretary).PostAsJsonAsync($"/api/inbound-sms/{path}", request);

    private async Task<List<JsonElement>> ItemsAsync(string path) =>
        [.. (await fixture.Client(roles: Roles.Chair).GetFromJsonAsync<JsonElement>($"/api/inbound-sms/{path}")).GetProperty("items").EnumerateArray()];

    private async Task<Guid> SendMutedAsync(string text, string from)
    {
        var providerId = Guid.CreateVersion7().ToString();
        (await fixture.SendSmsAsync(text, from, providerId)).EnsureSuccessStatusCode();
        var id = await Database<Guid>($"select id from message where provider_message_id = '{providerId}'");
        await Eventually.TrueAsync(() => Database<bool>($"select exists (select from blocked_message where message_id = '{id}')"));
        return id;
    }

    private Task<T> Database<T>(string sql) => fixture.Database.ScalarAsync<T>(sql);

    private Task<string> EventsAsync(Guid message) => Database<string>(
        $"select string_agg(e.kind, ' ' order by e.at) from case_event e join case_message m on m.case_id = e.case_id where m.message_id = '{message}'");

    private async Task LaterAsync(TimeSpan later, Func<Task> act)
    {
        fixture.Clock.Advance(later);
        try
        {
            await fixture.SignIn.PublishAsync(fixture.Database, fixture.Clock.GetUtcNow());
            await Eventually.TrueAsync(async () => (await PostAsync($"blocked-senders/{Guid.CreateVersion7()}/lift", Reason)).StatusCode == HttpStatusCode.NotFound);
            await act();
        }
        finally
        {
            fixture.Clock.Advance(-later);
        }
    }
}
