using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Inbox;

public sealed class InboxTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_4_an_official_sees_the_messages_of_his_position_and_no_others()
    {
        var mine = await fixture.SendAndRouteAsync("DINKES untuk saya", "+6281220000001");
        var other = await fixture.SendAndRouteAsync("DPU untuk yang lain", "+6281220000002");
        var unassigned = await fixture.SendAndRouteAsync("ENTAHLAH siapa", "+6281220000003");
        var client = fixture.Client(fixture.DinkesOfficial);
        var ids = await IdsAsync(client, "/api/inbound-sms/messages");
        ids.ShouldContain(mine);
        ids.ShouldNotContain(other);
        ids.ShouldNotContain(unassigned);
        (await client.GetAsync($"/api/inbound-sms/messages/{other}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task SMS_11_the_secretariat_sees_all_and_the_tray()
    {
        var routed = await fixture.SendAndRouteAsync("DPU dilihat sekretariat", "+6281220000004");
        var unassigned = await fixture.SendAndRouteAsync("TAKADA dilihat juga", "+6281220000005");
        var client = fixture.Client(roles: Roles.Chair);
        var ids = await IdsAsync(client, "/api/inbound-sms/messages");
        ids.ShouldContain(routed);
        (await IdsAsync(client, "/api/inbound-sms/messages?status=Unassigned")).ShouldContain(unassigned);
        (await IdsAsync(client, "/api/inbound-sms/messages?status=Unassigned")).ShouldNotContain(routed);
    }

    [Fact]
    public async Task SMS_4_the_list_masks_numbers_and_shows_what_the_clerk_needs()
    {
        var id = await fixture.SendAndRouteAsync("DINKES lihat isian", "+6281220000006");
        var page = await fixture.Client(fixture.DinkesOfficial).GetFromJsonAsync<JsonElement>("/api/inbound-sms/messages");
        var item = page.GetProperty("items").EnumerateArray().Single(i => i.GetProperty("id").GetGuid() == id);
        item.GetProperty("text").GetString().ShouldBe("DINKES lihat isian");
        item.GetProperty("keyword").GetString().ShouldBe("DINKES");
        item.GetProperty("senderMasked").GetString().ShouldBe("+62812••••006");
        item.GetProperty("status").GetString().ShouldBe("Open");
        (item.GetProperty("dueAt").GetDateTimeOffset() - item.GetProperty("receivedAt").GetDateTimeOffset()).ShouldBe(TimeSpan.FromHours(3));
        page.GetRawText().ShouldNotContain("81220000006");
    }

    [Fact]
    public async Task SMS_4_pages_hold_every_message_once_while_new_ones_arrive()
    {
        var sent = new HashSet<Guid>();
        for (var n = 0; n < 60; n++)
            sent.Add(await fixture.SendAndRouteAsync($"DPU halaman {n}", $"+62812300{n:00000}"));
        var client = fixture.Client(fixture.DpuOfficial);
        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await client.GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages?keyword=dpu&cursor={cursor}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()));
            cursor = page.GetProperty("next").GetString();
            await fixture.SendAndRouteAsync("DPU datang di tengah", $"+6281239900{seen.Count:000}");
        }
        while (cursor is not null);
        seen.ShouldBeUnique();
        sent.ShouldBeSubsetOf(seen);
    }

    [Theory]
    [InlineData("status=Apa", "status")]
    [InlineData("status=1", "status")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("cursor=%FF%FE", "cursor")]
    [InlineData("keyword=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "keyword")]
    [InlineData("keyword=%00", "keyword")]
    [InlineData("overdue=maybe", "overdue")]
    public async Task SMS_4_a_wrong_filter_is_a_problem_that_names_the_field(string query, string? field)
    {
        var response = await fixture.Client(fixture.DinkesOfficial).GetAsync($"/api/inbound-sms/messages?{query}");
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("type").GetString().ShouldBe("urn:platform:problem:invalid");
        problem.GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();
        if (field is not null)
            problem.GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field);
    }

    [Fact]
    public async Task SMS_7_what_is_late_is_visible()
    {
        var id = await fixture.SendAndRouteAsync("DINKES terlambat nanti", "+6281220000007");
        fixture.Clock.Advance(TimeSpan.FromHours(3) + TimeSpan.FromSeconds(1));
        try
        {
            await fixture.SignIn.PublishAsync(fixture.Database, fixture.Clock.GetUtcNow());
            (await IdsAsync(fixture.Client(fixture.DinkesOfficial), "/api/inbound-sms/messages?overdue=true")).ShouldContain(id);
        }
        finally
        {
            fixture.Clock.Advance(-TimeSpan.FromHours(3) - TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task SMS_3_the_secretariat_gives_a_case_of_the_tray_to_a_position_once()
    {
        var id = await fixture.SendAndRouteAsync("KESEHATAN salah kata kunci", "+6281220000008");
        var due = await fixture.Database.ScalarAsync<DateTime>($"select due_at from sms_case where first_message_id = '{id}'");
        using var chair = fixture.Client(roles: Roles.Chair);
        Task<HttpResponseMessage> AssignAsync(HttpClient who, string keyword) => who.PostAsJsonAsync($"/api/inbound-sms/messages/{id}/assignment", new { keyword });
        (await AssignAsync(fixture.Client(fixture.DinkesOfficial), "dinkes")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await AssignAsync(chair, "TAKADA")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AssignAsync(chair, "dinkes")));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.NoContent).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(3);
        (await IdsAsync(fixture.Client(fixture.DinkesOfficial), "/api/inbound-sms/messages")).ShouldContain(id);
        (await fixture.Database.ScalarAsync<DateTime>($"select due_at from sms_case where first_message_id = '{id}'")).ShouldBe(due);
    }

    [Fact]
    public async Task SMS_4_a_long_conversation_shows_its_latest_messages()
    {
        var last = Guid.Empty;
        for (var n = 0; n < 55; n++)
        {
            fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
            last = await fixture.SendAndRouteAsync(n == 0 ? "DINKES cerita panjang" : $"lanjutan {n}", "+6281220000009");
        }

        var message = await fixture.Client(fixture.DinkesOfficial).GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{last}");
        message.GetProperty("conversation").EnumerateArray().Last().GetProperty("id").GetGuid().ShouldBe(last);
        message.GetProperty("publicPreview").GetString().ShouldBe("DINKES cerita panjang");
    }

    [Theory]
    [InlineData("GET", "/api/inbound-sms/nope", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/api/inbound-sms/messages", HttpStatusCode.MethodNotAllowed)]
    [InlineData("PUT", "/publik/api/messages", HttpStatusCode.MethodNotAllowed)]
    public async Task PLT_4_a_wrong_path_or_method_is_said_to_be_wrong(string method, string path, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(new(method), path);
        var response = await fixture.Client(fixture.DinkesOfficial).SendAsync(request);
        response.StatusCode.ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Nobody_reads_without_a_token_or_with_one_that_is_over()
    {
        (await fixture.Client().GetAsync("/api/inbound-sms/messages")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var late = fixture.Client();
        late.DefaultRequestHeaders.Authorization = fixture.SignIn.Header(fixture.Clock.GetUtcNow().AddMinutes(-6), fixture.DinkesOfficial);
        (await late.GetAsync("/api/inbound-sms/messages")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    /// <summary>Of all pages: the clock of the tests stands still, so that the order within one instant is chance.</summary>
    private static async Task<List<Guid>> IdsAsync(HttpClient client, string url)
    {
        var ids = new List<Guid>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await client.GetFromJsonAsync<JsonElement>($"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}cursor={cursor}");
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()));
            cursor = page.GetProperty("next").GetString();
        }

        return ids;
    }
}
