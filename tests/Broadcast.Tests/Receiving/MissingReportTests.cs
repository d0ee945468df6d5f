using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;
using Contracts.Directory;
using Contracts.Notification;
using Npgsql;

namespace Broadcast.Tests.Receiving;

/// <summary>KOR 10e: who did not get an SMS says so, the Administrator sees what became of it and sends it to him once more.</summary>
public sealed class MissingReportTests(BroadcastFixture fixture) : IClassFixture<BroadcastFixture>
{
    private HttpClient Administrator => fixture.Client(null, 0, "Administrator");

    private HttpClient Mayor => fixture.Client(fixture.Mayor.Official, 0, "Mayor");

    [Fact]
    public async Task BRO_7_a_report_stands_once_with_the_delivery_record_beside_it()
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Ordered:uncertain"), (fixture.HealthClerk, "Delivered")]);
        await ReportAsync(sent.Id, fixture.HeadOfHealth, "HP saya ganti");
        await ReportAsync(sent.Id, fixture.HeadOfHealth, "sekali lagi");
        var item = (await ReportsAsync(sent.Id)).ShouldHaveSingleItem();
        (item.GetProperty("name").GetString(), item.GetProperty("note").GetString()).ShouldBe((fixture.HeadOfHealth.Name, "HP saya ganti"));
        var sms = item.GetProperty("sms");
        (sms.GetProperty("state").GetString(), sms.GetProperty("isUncertain").GetBoolean()).ShouldBe(("Ordered", true));
        item.GetProperty("number").GetString()!.ShouldContain("••••");
        item.ToString().ShouldNotContain(fixture.HeadOfHealth.Number!);
        (await fixture.Client(fixture.HeadOfHealth.Official).GetFromJsonAsync<JsonElement>($"/api/broadcasts/mine/{sent.Id}")).GetProperty("reportedMissingAt").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public async Task BRO_7_only_a_recipient_reports_and_only_who_runs_broadcasts_or_asked_for_it_reads_it()
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Delivered")]);
        (await fixture.Client(fixture.HeadOfWorks.Official).PutAsJsonAsync($"/api/broadcasts/mine/{sent.Id}/missing-report", new { note = (string?)null })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.Client(fixture.HeadOfHealth.Official).PutAsJsonAsync($"/api/broadcasts/mine/{sent.Id}/missing-report", new { note = new string('a', 301) })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await fixture.Client(roles: "Auditor").GetAsync("/api/broadcasts/missing-reports")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await ReportsAsync(sent.Id)).ShouldBeEmpty();
        await ReportAsync(sent.Id, fixture.HeadOfHealth, "pakai 081377000003");
        (await ReportsAsync(sent.Id, client: fixture.Client(fixture.HeadOfHealth.Official))).ShouldBeEmpty("he did not ask for the broadcast");
        (await ReportsAsync(sent.Id, client: fixture.Client(fixture.RegionalSecretary.Official, 0, "RegionalSecretary"))).ShouldBeEmpty();
        var seen = (await ReportsAsync(sent.Id, client: Mayor)).ShouldHaveSingleItem();
        (seen.GetProperty("state").GetString(), seen.GetProperty("note").ValueKind).ShouldBe(("Open", JsonValueKind.Null));
    }

    [Fact]
    public async Task BRO_7_a_resend_goes_to_the_number_of_today_and_its_status_stands_beside_the_report()
    {
        var post = await fixture.AddPostAsync(fixture.Health, "Staff", "Staf");
        var sent = await fixture.AddSentAsync(recipients: [(post, "Failed")]);
        await ReportAsync(sent.Id, post, null);
        (await ReportsAsync(sent.Id, open: true)).Count.ShouldBe(1);
        var number = "+6281377000001";
        await fixture.Bus.PublishAsync(new ContactChanged { OfficialId = post.Official, NoticePhone = number, Version = 2 });
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from contacts.contact where notice_phone = '{number}')"));
        (await ReportsAsync(sent.Id))[0].GetProperty("isNumberOfToday").GetBoolean().ShouldBeFalse();

        var answer = await ResendAsync(sent.Id, post.Official, 0);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var smsId = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("smsId").GetGuid();
        var ordered = await fixture.Bus.GetAsync<SendSms>(sms => sms.SmsId == smsId);
        (ordered.To, ordered.Text, ordered.Purpose).ShouldBe((number, $"Yth. {post.Name} (Kepala), apel pukul 07.00 di balai kota", SmsPurpose.Broadcast));

        await fixture.Bus.PublishAsync(new DeliveryStatusChanged { SmsId = smsId, Status = DeliveryStatus.Delivered, Version = 3, At = fixture.Clock.GetUtcNow() });
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select state = 'Delivered' from resend where sms_id = '{smsId}'"));
        await fixture.Bus.PublishAsync(new DeliveryStatusChanged { SmsId = smsId, Status = DeliveryStatus.Pending, Version = 2, At = fixture.Clock.GetUtcNow() });
        var report = (await ReportsAsync(sent.Id)).ShouldHaveSingleItem();
        report.GetProperty("resends").EnumerateArray().ShouldHaveSingleItem().GetProperty("sms").GetProperty("state").GetString().ShouldBe("Delivered");
        report.GetProperty("sms").GetProperty("state").GetString().ShouldBe("Failed", "the list's own row stays what it is");
        (await ReportsAsync(sent.Id, open: true)).ShouldBeEmpty();
        (await fixture.Database.ScalarAsync<long>($"select count(*) from broadcast_event where broadcast_id = '{sent.Id}' and kind = 'ResentToOne'")).ShouldBe(1);
    }

    [Fact]
    public async Task BRO_7_of_two_who_resend_at_once_one_does()
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Failed")]);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ResendAsync(sent.Id, fixture.HeadOfHealth.Official, 0)));
        answers.Count(a => a.StatusCode == HttpStatusCode.Accepted).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.Conflict).ShouldBe(3);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from resend where broadcast_id = '{sent.Id}'")).ShouldBe(1);
        (await ResendAsync(sent.Id, fixture.HeadOfHealth.Official, 1)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task BRO_7_who_asked_for_it_or_runs_it_closes_a_report_for_a_reason_that_the_recipient_reads()
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Failed"), (fixture.HealthClerk, "Failed"), (fixture.HeadOfWorks, "Failed")]);
        await ReportAsync(sent.Id, fixture.HeadOfHealth, null);
        await ReportAsync(sent.Id, fixture.HealthClerk, null);
        (await CloseAsync(Mayor, sent.Id, fixture.HeadOfHealth.Official, "Sudah ditelepon\0")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var closed = (await ReportsAsync(sent.Id)).Single(r => r.GetProperty("officialId").GetGuid() == fixture.HeadOfHealth.Official);
        (closed.GetProperty("state").GetString(), closed.GetProperty("closing").GetProperty("reason").GetString()).ShouldBe(("Closed", "Sudah ditelepon\uFFFD"));
        (await ReportsAsync(sent.Id, open: true)).ShouldHaveSingleItem().GetProperty("officialId").GetGuid().ShouldBe(fixture.HealthClerk.Official);
        (await fixture.Client(fixture.HeadOfHealth.Official).GetFromJsonAsync<JsonElement>($"/api/broadcasts/mine/{sent.Id}")).GetProperty("closedBecause").GetString()!.ShouldStartWith("Sudah ditelepon");
        (await fixture.Database.ScalarAsync<long>($"select count(*) from broadcast_event where broadcast_id = '{sent.Id}' and kind = 'CloseMissingReport'")).ShouldBe(1);

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => CloseAsync(Administrator, sent.Id, fixture.HealthClerk.Official)));
        answers.Count(a => a.StatusCode == HttpStatusCode.NoContent).ShouldBe(1);
        foreach (var late in answers.Where(a => a.StatusCode != HttpStatusCode.NoContent))
            (await CodeAsync(late)).ShouldBe("report-closed");
        (await fixture.Database.ScalarAsync<long>($"select count(*) from broadcast_event where broadcast_id = '{sent.Id}' and kind = 'CloseMissingReport'")).ShouldBe(2);
    }

    [Fact]
    public async Task BRO_7_a_report_is_closed_by_nobody_else_nor_without_a_reason()
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Failed"), (fixture.HealthClerk, "Failed")]);
        await ReportAsync(sent.Id, fixture.HeadOfHealth, null);
        (await CloseAsync(fixture.Client(fixture.HeadOfHealth.Official), sent.Id, fixture.HeadOfHealth.Official)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await CloseAsync(fixture.Client(fixture.RegionalSecretary.Official, 0, "RegionalSecretary"), sent.Id, fixture.HeadOfHealth.Official)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await CloseAsync(Administrator, sent.Id, fixture.HealthClerk.Official)).StatusCode.ShouldBe(HttpStatusCode.NotFound, "he has reported nothing");
        (await CloseAsync(fixture.Client(roles: "Secretary"), sent.Id, fixture.HeadOfHealth.Official)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        foreach (var reason in new[] { "", "ab", "   ", new string('a', 301) })
            (await CloseAsync(Administrator, sent.Id, fixture.HeadOfHealth.Official, reason)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, reason);
        (await ReportsAsync(sent.Id, open: true)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task BRO_7_nothing_is_resent_of_what_is_paused_or_cancelled_at_this_moment()
    {
        var paused = await fixture.AddSentAsync(state: "Paused", recipients: [(fixture.HeadOfHealth, "Failed")]);
        (await CodeAsync(await ResendAsync(paused.Id, fixture.HeadOfHealth.Official, 0))).ShouldBe("broadcast-state");
        // Whoever holds the row decides first.
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Failed")]);
        await using var cancelling = NpgsqlDataSource.Create(fixture.Database.Administrator);
        await using var connection = await cancelling.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var cancel = new NpgsqlCommand($"update broadcast set state = 'Cancelled' where id = '{sent.Id}'", connection, transaction);
        await cancel.ExecuteNonQueryAsync();
        var resending = ResendAsync(sent.Id, fixture.HeadOfHealth.Official, 0);
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>("select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"));
        await transaction.CommitAsync();
        (await CodeAsync(await resending)).ShouldBe("broadcast-cancelled");
        (await fixture.Database.ScalarAsync<long>($"select count(*) from resend where broadcast_id = '{sent.Id}'")).ShouldBe(0);
    }

    [Fact]
    public async Task BRO_7_a_reason_with_what_no_database_keeps_is_kept_without_it()
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Failed")]);
        (await ResendAsync(sent.Id, fixture.HeadOfHealth.Official, 0, "Lapor\0 lagi")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await fixture.Database.ScalarAsync<string>($"select reason from resend where broadcast_id = '{sent.Id}'")).ShouldBe("Lapor\uFFFD lagi");
    }

    [Fact]
    public async Task BRO_7_nobody_gets_it_who_was_no_recipient_left_or_has_no_number()
    {
        var without = await fixture.AddPostAsync(fixture.Health, "Staff", "Staf", number: "");
        var left = await fixture.AddPostAsync(fixture.Health, "Staff", "Staf", from: fixture.Clock.GetUtcNow().AddDays(-9), to: fixture.Clock.GetUtcNow().AddDays(-1));
        var sent = await fixture.AddSentAsync(recipients: [(without, "Skipped:no-number"), (left, "Delivered"), (fixture.HealthClerk, "Skipped:left-office")]);
        (await ResendAsync(sent.Id, fixture.HeadOfWorks.Official, 0)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ResendAsync(sent.Id, fixture.HealthClerk.Official, 0)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await CodeAsync(await ResendAsync(sent.Id, without.Official, 0))).ShouldBe("no-number");
        (await CodeAsync(await ResendAsync(sent.Id, left.Official, 0))).ShouldBe("left-office");
        (await ResendAsync(sent.Id, without.Official, 0, reason: "")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        var over = await fixture.AddSentAsync(validUntil: "2026-01-01T00:00:00Z", recipients: [(fixture.HeadOfHealth, "Failed")]);
        (await CodeAsync(await ResendAsync(over.Id, fixture.HeadOfHealth.Official, 0))).ShouldBe("broadcast-expired");
        var cancelled = await fixture.AddSentAsync(state: "Cancelled", recipients: [(fixture.HeadOfHealth, "Failed")]);
        (await CodeAsync(await ResendAsync(cancelled.Id, fixture.HeadOfHealth.Official, 0))).ShouldBe("broadcast-cancelled");
        (await fixture.Database.ScalarAsync<long>($"select count(*) from resend where broadcast_id in ('{sent.Id}', '{over.Id}', '{cancelled.Id}')")).ShouldBe(0);
    }

    private Task<HttpResponseMessage> ResendAsync(Guid broadcast, Guid official, int resends, string reason = "Melapor tidak menerima") =>
        Administrator.PostAsJsonAsync($"/api/broadcasts/{broadcast}/recipients/{official}/resends", new { reason, resends });

    private static Task<HttpResponseMessage> CloseAsync(HttpClient client, Guid broadcast, Guid official, string reason = "Sudah ditelepon") =>
        client.PostAsJsonAsync($"/api/broadcasts/{broadcast}/missing-reports/{official}/closing", new { reason });

    private async Task ReportAsync(Guid broadcast, Post post, string? note) =>
        (await fixture.Client(post.Official).PutAsJsonAsync($"/api/broadcasts/mine/{broadcast}/missing-report", new { note })).StatusCode.ShouldBe(HttpStatusCode.NoContent);

    private async Task<List<JsonElement>> ReportsAsync(Guid broadcast, bool? open = null, HttpClient? client = null) =>
        [.. (await (client ?? Administrator).GetFromJsonAsync<JsonElement>($"/api/broadcasts/missing-reports?broadcastId={broadcast}{(open is null ? "" : "&open=true")}")).GetProperty("items").EnumerateArray()];

    private static async Task<string> CodeAsync(HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString()!.Split(':')[^1];
    }
}
