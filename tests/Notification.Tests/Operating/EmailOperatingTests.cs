using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Contracts.Notification;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Notification.Sending;
using Notification.Tests.Mail;
using Notification.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Notification.Tests.Operating;

public sealed class EmailOperatingTests(EmailFixture service) : IClassFixture<EmailFixture>
{
    private const string Emails = "/api/notifications/messages/emails";

    private HttpClient Secretary => service.Client(roles: Roles.Secretary);

    [Fact]
    public async Task NOT_3_the_secretariat_reads_the_status_of_an_email_with_its_history_and_neither_address_nor_words()
    {
        var to = EmailFixture.Address("tolak");
        var id = await service.SendAsync(EmailFixture.Email(to, "Perihal rahasia", "Isi rahasia"));
        await service.EmailIsAsync(id, "Failed");
        var list = await Secretary.GetStringAsync($"{Emails}?status=Failed");
        var item = JsonElement.Parse(list).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("id").GetGuid() == id);
        item.GetProperty("toMasked").GetString().ShouldBe("t••••@warga.example.id");
        item.GetProperty("reason").GetString().ShouldBe("address-unknown");
        var one = await Secretary.GetStringAsync($"{Emails}/{id}");
        JsonElement.Parse(one).GetProperty("history").EnumerateArray().Select(entry => entry.GetProperty("told").GetString()).ShouldBe(["Failed"]);
        foreach (var secret in new[] { to, "rahasia" })
            (list + one).ShouldNotContain(secret);
    }

    [Fact]
    public async Task NOT_3_the_list_of_emails_pages_and_filters_and_names_what_makes_no_sense()
    {
        for (var i = 0; i < 55; i++)
            await StoredAsync("Uncertain", TimeSpan.FromMinutes(i + 20));
        var ids = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await Secretary.GetFromJsonAsync<JsonElement>($"{Emails}?status=Pending&uncertain=true&noReport=false{(cursor is null ? "" : $"&cursor={cursor}")}");
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        ids.Count.ShouldBeGreaterThanOrEqualTo(55);
        ids.ShouldBeUnique();
        foreach (var query in new[] { "status=Lost", "status=7", "uncertain=maybe", "stuck=maybe", "cursor=xyz" })
            (await Secretary.GetAsync($"{Emails}?{query}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest, query);
    }

    [Fact]
    public async Task NOT_3_only_the_secretariat_reads_and_resends_emails()
    {
        var id = await StoredAsync("Failed", TimeSpan.FromMinutes(1));
        var official = service.Client(Guid.CreateVersion7(), 0, Roles.Official);
        foreach (var path in new[] { Emails, $"{Emails}/{id}" })
        {
            (await service.Client().GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            (await official.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        (await ResendAsync(official, id, 0)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await Secretary.GetAsync($"{Emails}/{Guid.CreateVersion7()}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task NOT_3_what_is_uncertain_is_handed_over_once_more_by_one_of_two_people()
    {
        var to = EmailFixture.Address("putus");
        var id = await service.SendAsync(EmailFixture.Email(to));
        await service.EmailIsAsync(id, "Uncertain");
        var (secretary, version) = (Secretary, await VersionAsync(id));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ResendAsync(secretary, id, version)));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted).ShouldBe(1);
        var refused = await answers.First(answer => answer.StatusCode == HttpStatusCode.Conflict).Content.ReadFromJsonAsync<JsonElement>();
        refused.GetProperty("current").GetProperty("id").GetGuid().ShouldBe(id);
        await Eventually.GetAsync(() => Task.FromResult(service.Server.To(to).Count), count => count == 2);
        await service.EmailIsAsync(id, "Uncertain");
        (await service.Database.ScalarAsync<string>($"select string_agg(code, ' ' order by seq) from email_event where email_id = '{id}'")).ShouldContain(" resent ");
        (await service.Database.ScalarAsync<long>($"select count(*) from outbox where type = '{typeof(WriteToAuditTrail).FullName}' and body like '%ResendEmail%{id}%'")).ShouldBe(1);
    }

    [Fact]
    public async Task NOT_3_neither_what_is_on_its_way_nor_what_has_no_words_any_more_is_resent_and_a_reason_is_needed()
    {
        var to = EmailFixture.Address();
        var id = await service.SendAsync(EmailFixture.Email(to));
        await service.EmailIsAsync(id, "AcceptedByProvider");
        (await ResendAsync(Secretary, id, await VersionAsync(id))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var erased = await StoredAsync("Failed", TimeSpan.FromMinutes(1));
        var refused = await ResendAsync(Secretary, erased, 0);
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("content-erased");
        (await ResendAsync(Secretary, Guid.CreateVersion7(), 0)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        foreach (var (reason, version, field) in new (string?, long?, string)[] { (" ", 0, "reason"), (null, 0, "reason"), ("Uji", null, "version") })
        {
            var answer = await Secretary.PostAsJsonAsync($"{Emails}/{erased}/resend", new { reason, version });
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe([field]);
        }

        service.Server.To(to).Count.ShouldBe(1);
    }

    [Fact]
    public async Task NOT_3_silence_gets_its_name_and_a_late_bounce_ends_it()
    {
        var to = EmailFixture.Address();
        var id = await service.SendAsync(EmailFixture.Email(to));
        await service.EmailIsAsync(id, "AcceptedByProvider");
        await service.Database.ExecuteAsync($"update email set changed_at = changed_at - interval '73 hours' where id = '{id}'");
        (await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id && told.NoReport)).Status.ShouldBe(DeliveryStatus.Pending);
        (await IdsAsync("noReport=true")).ShouldContain(id);
        (await service.BounceAsync((await service.ReceivedAsync(to)).From, EmailFixture.Report("failed", "5.1.1"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id && told.Status == DeliveryStatus.Failed)).NoReport.ShouldBeFalse();
        (await IdsAsync("noReport=true")).ShouldNotContain(id);
    }

    [Fact]
    public async Task NOT_3_stuck_is_what_waits_or_is_unknown_for_longer_than_it_should()
    {
        var (late, unknown) = (await StoredAsync("Queued", TimeSpan.FromMinutes(61)), await StoredAsync("Uncertain", TimeSpan.FromMinutes(16)));
        Guid[] others =
        [
            await StoredAsync("Queued", TimeSpan.FromMinutes(59)), await StoredAsync("Uncertain", TimeSpan.FromMinutes(14)),
            await StoredAsync("AcceptedByProvider", TimeSpan.FromHours(30)), await StoredAsync("Failed", TimeSpan.FromHours(30)),
        ];
        var stuck = await IdsAsync("stuck=true");
        stuck.ShouldContain(late);
        stuck.ShouldContain(unknown);
        stuck.ShouldNotContain(id => others.Contains(id));
    }

    [Fact]
    public async Task NOT_3_the_mail_server_can_be_stopped_what_waits_is_seen_and_tests_go_on_and_do_not_count()
    {
        var administrator = service.Client(roles: Roles.Administrator);
        var before = await WaitingAsync(administrator);
        (await administrator.PostAsJsonAsync("/api/notifications/sending/pauses", new { kind = "Provider", name = "email", reason = "Pindah server" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var to = EmailFixture.Address();
        var id = await service.SendAsync(EmailFixture.Email(to));
        await service.EmailIsAsync(await service.SendAsync(EmailFixture.Email(EmailFixture.Address("sandi-100")) with { To = "warga100@warga.example.id", IsTest = true }), "Delivered");
        await service.EmailIsAsync(id, "Queued");
        (await WaitingAsync(administrator)).ShouldBe(before + 1);
        var seen = await GaugesAsync();
        seen["platform.email.waiting"].ShouldBe(before + 1);

        // A test that waits, for whatever reason, is nobody's worry.
        await service.Database.ExecuteAsync($"update email set state = 'Queued', attempts = 0, next_attempt_at = next_attempt_at + interval '1 day', created_at = created_at - interval '10 minutes' where is_test");
        (await WaitingAsync(administrator)).ShouldBe(before + 1);
        (await GaugesAsync())["platform.email.waiting"].ShouldBe(before + 1);
        (await service.Client().GetStringAsync("/health/ready")).ShouldNotContain("an e-mail waits");
        await service.Database.ExecuteAsync($"update email set created_at = created_at - interval '6 minutes' where id = '{id}'");
        (await service.Client().GetStringAsync("/health/ready")).ShouldContain("an e-mail waits");

        (await administrator.PostAsJsonAsync("/api/notifications/sending/pauses/Provider/email/resume", new { reason = "Selesai" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await service.EmailIsAsync(id, "AcceptedByProvider");
        service.Server.To(to).Count.ShouldBe(1);
        (await service.Client().GetStringAsync("/health/ready")).ShouldNotContain("an e-mail waits");
    }

    [Fact]
    public async Task NOT_3_a_lane_that_is_stopped_holds_its_emails_too()
    {
        var administrator = service.Client(roles: Roles.Administrator);
        (await administrator.PostAsJsonAsync("/api/notifications/sending/pauses", new { kind = "Lane", name = "Broadcast", reason = "Isi keliru" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var held = await service.SendAsync(EmailFixture.Email(EmailFixture.Address()) with { Purpose = SmsPurpose.Broadcast });
        await service.EmailIsAsync(held, "Queued");
        await service.EmailIsAsync(await service.SendAsync(EmailFixture.Email(EmailFixture.Address())), "AcceptedByProvider");
        await service.EmailIsAsync(held, "Queued");
        (await administrator.PostAsJsonAsync("/api/notifications/sending/pauses/Lane/Broadcast/resume", new { reason = "Sudah benar" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await service.EmailIsAsync(held, "AcceptedByProvider");
    }

    private static Task<HttpResponseMessage> ResendAsync(HttpClient client, Guid id, long version) =>
        client.PostAsJsonAsync($"{Emails}/{id}/resend", new { reason = "Penerima belum terima", version });

    private async Task<long> VersionAsync(Guid id) =>
        (await Secretary.GetFromJsonAsync<JsonElement>($"{Emails}/{id}")).GetProperty("email").GetProperty("version").GetInt64();

    private async Task<List<Guid>> IdsAsync(string query) =>
        [.. (await Secretary.GetFromJsonAsync<JsonElement>($"{Emails}?{query}")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid())];

    private static async Task<long> WaitingAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/api/notifications/sending")).GetProperty("emails").GetProperty("waiting").GetInt64();

    /// <summary>Without address and words; it is not due for a day.</summary>
    private async Task<Guid> StoredAsync(string state, TimeSpan age)
    {
        var (id, now) = (Guid.CreateVersion7(), service.Clock.GetUtcNow());
        await service.Database.ExecuteAsync($"""
            insert into email (id, purpose, lane, is_test, state, created_at, changed_at, expires_at, next_attempt_at, attempts)
            values ('{id}', 'Notice', 40, false, '{state}', '{now - age:O}', '{now - age:O}', '{now.AddDays(2):O}', '{now.AddDays(1):O}', 1)
            """);
        return id;
    }

    private async Task<ConcurrentDictionary<string, double>> GaugesAsync()
    {
        var seen = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        var meters = service.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name.StartsWith("platform.email.", StringComparison.Ordinal) && instrument.Meter.Scope == meters)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.Start();
        await service.Services.GetServices<IHostedService>().OfType<WatchQueue>().Single().LookAsync(CancellationToken.None);
        listener.RecordObservableInstruments();
        return seen;
    }
}
