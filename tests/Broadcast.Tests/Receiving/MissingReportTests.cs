using System.IO.Compression;
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
    public async Task BRO_7_a_report_is_open_again_while_the_latest_resend_has_failed()
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Failed")]);
        await ReportAsync(sent.Id, fixture.HeadOfHealth, null);
        var first = await ResentAsync(sent.Id, fixture.HeadOfHealth, 0);
        (await ReportsAsync(sent.Id, open: true)).ShouldBeEmpty();
        await FailAsync(first);
        (await ReportsAsync(sent.Id, open: true)).ShouldHaveSingleItem().GetProperty("state").GetString().ShouldBe("Open");
        await ResentAsync(sent.Id, fixture.HeadOfHealth, 1);
        (await ReportsAsync(sent.Id, open: true)).ShouldBeEmpty();
        (await ReportsAsync(sent.Id))[0].GetProperty("state").GetString().ShouldBe("Resent");
        (await MineAsync(sent.Id, fixture.HeadOfHealth)).GetProperty("resends").EnumerateArray().Select(r => r.GetProperty("state").GetString()).ShouldBe(["Failed", "Ordered"]);
    }

    [Fact]
    public async Task BRO_7_said_again_after_a_closing_or_a_resend_the_report_is_open_again_and_the_closing_stands()
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Failed")]);
        await ReportAsync(sent.Id, fixture.HeadOfHealth, "pertama");
        (await CloseAsync(Administrator, sent.Id, fixture.HeadOfHealth.Official)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ReportAsync(sent.Id, fixture.HeadOfHealth, "kedua")));
        var again = (await ReportsAsync(sent.Id, open: true)).ShouldHaveSingleItem();
        (again.GetProperty("note").GetString(), again.GetProperty("closing").ValueKind).ShouldBe(("kedua", JsonValueKind.Null));
        (await MineAsync(sent.Id, fixture.HeadOfHealth)).GetProperty("closedBecause").ValueKind.ShouldBe(JsonValueKind.Null);
        (await fixture.Database.ScalarAsync<int>($"select no from missing_report where broadcast_id = '{sent.Id}'")).ShouldBe(2);

        await ResentAsync(sent.Id, fixture.HeadOfHealth, 0);
        (await ReportsAsync(sent.Id, open: true)).ShouldBeEmpty();
        await fixture.Database.ExecuteAsync($"update resend set ordered_at = ordered_at - interval '1 second' where broadcast_id = '{sent.Id}'");
        await fixture.Database.ExecuteAsync($"update missing_report set reported_at = reported_at - interval '2 seconds' where broadcast_id = '{sent.Id}'");
        await ReportAsync(sent.Id, fixture.HeadOfHealth, "ketiga");
        (await ReportsAsync(sent.Id, open: true)).ShouldHaveSingleItem().GetProperty("note").GetString().ShouldBe("ketiga");
        (await CloseAsync(Administrator, sent.Id, fixture.HeadOfHealth.Official)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await CodeAsync(await CloseAsync(Administrator, sent.Id, fixture.HeadOfHealth.Official))).ShouldBe("report-closed");
        (await fixture.Database.ScalarAsync<long>($"select count(*) from missing_report_closing where broadcast_id = '{sent.Id}'")).ShouldBe(2);
    }

    [Fact]
    public async Task BRO_7_whom_no_SMS_reaches_gets_it_by_email_and_its_status_stands_beside_the_report()
    {
        var without = await fixture.AddPostAsync(fixture.Health, "Staff", "Staf", number: "");
        var sent = await fixture.AddSentAsync(recipients: [(without, "Skipped:no-number")]);
        await ReportAsync(sent.Id, without, null);
        var id = await ResentAsync(sent.Id, without, 0, "Email", "staf@dinkes.example.id");
        var ordered = await fixture.Bus.GetAsync<SendEmail>(email => email.EmailId == id);
        (ordered.To, ordered.Subject, ordered.Text, ordered.Purpose, ordered.ReportTo).ShouldBe(
            ("staf@dinkes.example.id", "Apel pagi", $"Yth. {without.Name} (Kepala), apel pukul 07.00 di balai kota", SmsPurpose.Broadcast, "broadcast-track-delivery"));
        (await ReportsAsync(sent.Id, open: true)).ShouldBeEmpty();
        await FailAsync(id);
        var report = (await ReportsAsync(sent.Id, open: true)).ShouldHaveSingleItem();
        report.GetProperty("resends")[0].GetProperty("via").GetString().ShouldBe("Email");
        report.ToString().ShouldNotContain("dinkes.example");
        (await fixture.Database.ScalarAsync<long>($"select count(*) from broadcast_event where broadcast_id = '{sent.Id}' and details::text like '%dinkes.example%'")).ShouldBe(0);
        using var dossier = new ZipArchive(await Mayor.GetStreamAsync($"/api/broadcasts/{sent.Id}/dossier.zip"));
        using var part = new StreamReader(await dossier.GetEntry("kirim-ulang.json")!.OpenAsync());
        var resent = JsonDocument.Parse(await part.ReadToEndAsync()).RootElement[0];
        (resent.GetProperty("via").GetString(), resent.ToString().Contains("dinkes.example", StringComparison.Ordinal)).ShouldBe(("Email", false));
    }

    [Theory]
    [InlineData("Email", null)]
    [InlineData("Email", "")]
    [InlineData("Email", "bukan alamat")]
    [InlineData("Email", "Ani <ani@dinkes.example.id>")]
    [InlineData("Email", "ani@dinkes.example.id,budi@dinkes.example.id")]
    [InlineData("Email", "ani\0@dinkes.example.id")]
    [InlineData("Email", "ani..dinkes@example.id")]
    [InlineData("Sms", "ani@dinkes.example.id")]
    public async Task BRO_7_an_address_is_one_and_belongs_to_an_email(string via, string? email)
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Failed")]);
        var answer = await ResendAsync(sent.Id, fixture.HeadOfHealth.Official, 0, via: via, email: email);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe("email");
        (await fixture.Database.ScalarAsync<long>($"select count(*) from resend where broadcast_id = '{sent.Id}'")).ShouldBe(0);
    }

    [Fact]
    public async Task BRO_7_a_phone_that_others_have_too_is_told_no_name_and_one_that_takes_no_SMS_gets_none()
    {
        const string Neutral = "Yth. Bapak/Ibu (Bapak/Ibu), apel pukul 07.00 di balai kota";
        var (left, moved) = (await fixture.AddPostAsync(fixture.Health, "Staff", "Staf"), await fixture.AddPostAsync(fixture.Health, "Staff", "Staf"));
        var landline = await fixture.AddPostAsync(fixture.Health, "Staff", "Staf", number: "+622155512345");
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Delivered"), (left, "Skipped:same-number"), (moved, "Failed"), (landline, "Skipped:not-mobile")]);
        var toSkipped = await ResentAsync(sent.Id, left, 0);
        (await fixture.Bus.GetAsync<SendSms>(sms => sms.SmsId == toSkipped)).Text.ShouldBe(Neutral);
        await fixture.HasNumberAsync(moved.Official, fixture.HeadOfHealth.Number);
        var toMoved = await ResentAsync(sent.Id, moved, 0);
        var ordered = await fixture.Bus.GetAsync<SendSms>(sms => sms.SmsId == toMoved);
        (ordered.To, ordered.Text).ShouldBe((fixture.HeadOfHealth.Number!, Neutral));
        await fixture.HasNumberAsync(moved.Official, null);
        (await CodeAsync(await ResendAsync(sent.Id, landline.Official, 0))).ShouldBe("not-mobile");
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

    private Task<HttpResponseMessage> ResendAsync(Guid broadcast, Guid official, int resends, string reason = "Melapor tidak menerima", string via = "Sms", string? email = null) =>
        Administrator.PostAsJsonAsync($"/api/broadcasts/{broadcast}/recipients/{official}/resends", new { reason, resends, via, email });

    private async Task<Guid> ResentAsync(Guid broadcast, Post post, int resends, string via = "Sms", string? email = null)
    {
        var answer = await ResendAsync(broadcast, post.Official, resends, via: via, email: email);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("smsId").GetGuid();
    }

    private async Task FailAsync(Guid smsId)
    {
        await fixture.Bus.PublishAsync(new DeliveryStatusChanged { SmsId = smsId, Status = DeliveryStatus.Failed, Reason = "address-unknown", Version = 3, At = fixture.Clock.GetUtcNow() });
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select state = 'Failed' from resend where sms_id = '{smsId}'"));
    }

    private Task<JsonElement> MineAsync(Guid broadcast, Post post) => fixture.Client(post.Official).GetFromJsonAsync<JsonElement>($"/api/broadcasts/mine/{broadcast}");

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
