using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Notification;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Notification.Tests.Testing;
using Npgsql;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.SignIn;

namespace Notification.Tests.Messages;

public sealed class MessagesTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    [Fact]
    public async Task SMS_6_the_secretariat_reads_a_status_with_its_history_and_a_masked_number()
    {
        var to = NotificationFixture.Number();
        var id = await service.SendAsync(to, channel: "sandbox");
        await service.StateIsAsync(id, "Delivered");
        var text = await service.Client(roles: Roles.Secretary).GetStringAsync($"/api/notifications/messages/{id}");
        text.ShouldNotContain(to);
        var answer = JsonElement.Parse(text);
        answer.GetProperty("message").GetProperty("status").GetString().ShouldBe("Delivered");
        answer.GetProperty("message").GetProperty("toMasked").GetString().ShouldBe($"{to[..6]}••••{to[^3..]}");
        answer.GetProperty("history").EnumerateArray().Select(entry => entry.GetProperty("told").GetString())
            .ShouldBe(["AcceptedByProvider", "AcceptedByOperator", "Delivered"]);
    }

    [Fact]
    public async Task NOT_4_the_list_filters_by_status_and_uncertainty_and_pages()
    {
        var made = new HashSet<string>();
        for (var i = 0; i < 60; i++)
            made.Add((await service.HandedOverAsync("generic", state: "Uncertain")).ToString());
        await service.HandedOverAsync("generic", state: "Failed");
        var client = service.Client(roles: Roles.Administrator);
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var page = await client.GetFromJsonAsync<JsonElement>($"/api/notifications/messages?status=Pending&uncertain=true{(cursor is null ? "" : $"&cursor={cursor}")}");
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        ids.ShouldBeUnique();
        // Other tests have some too.
        ids.Count(made.Contains).ShouldBe(60);

        var failed = await client.GetFromJsonAsync<JsonElement>("/api/notifications/messages?status=Failed&uncertain=false");
        failed.GetProperty("items").EnumerateArray().ShouldAllBe(item => item.GetProperty("status").GetString() == "Failed");
    }

    [Fact]
    public async Task NOT_4_stuck_is_what_is_pending_for_longer_than_it_should()
    {
        var (minute, hour, day) = (TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromHours(13));
        Guid[] stuck =
        [
            await PendingAsync("Queued", minute), await PendingAsync("Queued", hour, lane: 60), await PendingAsync("Uncertain", 15 * minute),
            await PendingAsync("AcceptedByProvider", day), await PendingAsync("AcceptedByOperator", day),
        ];
        Guid[] others =
        [
            await PendingAsync("Queued", TimeSpan.Zero), await PendingAsync("Queued", 10 * minute, lane: 60), await PendingAsync("Uncertain", 14 * minute),
            await PendingAsync("AcceptedByProvider", day - minute), await PendingAsync("Failed", day),
            await PendingAsync("Queued", day, alter: "not_before = next_attempt_at"), await PendingAsync("Uncertain", day, alter: "no_report_at = changed_at"),
        ];
        var shown = (await service.Client(roles: Roles.Secretary).GetFromJsonAsync<JsonElement>("/api/notifications/messages?stuck=true")).GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("id").GetGuid()).Where(id => stuck.Contains(id) || others.Contains(id));
        shown.ShouldBe(stuck, ignoreOrder: true);
    }

    /// <summary>A second longer than <paramref name="age"/>; due tomorrow.</summary>
    private async Task<Guid> PendingAsync(string state, TimeSpan age, int lane = 20, string alter = "version = version")
    {
        var id = await service.HandedOverAsync("generic", state: state);
        var since = service.Clock.GetUtcNow() - age - TimeSpan.FromSeconds(1);
        await service.Database.ExecuteAsync($"""
            update sms set lane = {lane}, created_at = '{since:O}', changed_at = '{since:O}', next_attempt_at = next_attempt_at + interval '1 day', expires_at = expires_at + interval '2 days' where id = '{id}';
            update sms set {alter} where id = '{id}'
            """);
        return id;
    }

    [Theory]
    [InlineData("status=Lost")]
    [InlineData("status=7")]
    [InlineData("uncertain=maybe")]
    [InlineData("stuck=maybe")]
    [InlineData("cursor=xyz")]
    public async Task NOT_4_a_filter_that_makes_no_sense_is_a_bad_request(string query) =>
        (await service.Client(roles: Roles.Chair).GetAsync("/api/notifications/messages?" + query)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task NOT_4_only_the_secretariat_reads_messages()
    {
        var id = Guid.CreateVersion7();
        foreach (var path in new[] { "/api/notifications/messages", $"/api/notifications/messages/{id}" })
        {
            (await service.Client().GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            (await service.Client(Guid.CreateVersion7(), 0, Roles.Official).GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        (await service.Client(roles: Roles.Chair).GetAsync($"/api/notifications/messages/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public void PLT_4_every_endpoint_says_who_may_or_that_everybody_may() => EndpointRules.ShouldDenyByDefault(service.Services);

    [Fact]
    public Task The_API_is_the_one_that_is_checked_in() => ApiDocument.ShouldBeCheckedInAsync(service.Client(), "services/Notification");

    [Theory]
    [InlineData("update delivery_event set told = 'Delivered'")]
    [InlineData("delete from delivery_event")]
    [InlineData("truncate delivery_event")]
    [InlineData("update sms_content set text = 'lain'")]
    [InlineData("delete from sms")]
    public async Task NOT_4_the_service_cannot_alter_evidence(string sql)
    {
        await using var connection = new NpgsqlConnection(service.Database.Runtime);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await Should.ThrowAsync<PostgresException>(() => service.Database.ExecuteAsync("delete from delivery_event"))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task NOT_4_the_history_is_sealed_and_an_altered_line_is_found()
    {
        await service.StateIsAsync(await service.SendAsync(NotificationFixture.Number("002"), channel: "sandbox"), "Failed");
        var verifier = service.Services.GetRequiredService<SealVerifier>();
        (await verifier.VerifyAsync(CancellationToken.None)).FirstFault.ShouldBeNull();
        const string Alter = "alter table delivery_event disable trigger user; update delivery_event set code = '{0}' where seq = (select min(seq) from delivery_event); alter table delivery_event enable trigger user";
        var before = await service.Database.ScalarAsync<string>("select code from delivery_event order by seq limit 1");
        await service.Database.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, Alter, "lain"));
        (await verifier.VerifyAsync(CancellationToken.None)).FirstFault.ShouldNotBeNull();
        await service.Database.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, Alter, before));
    }

    [Fact]
    public async Task NOT_4_the_handover_belongs_to_the_trace_of_the_order_and_tells_nothing_personal()
    {
        var seen = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is not "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = seen.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var to = NotificationFixture.Number();
        const string Text = "Rahasia warga 4711";
        Guid id;
        string trace;
        using (var order = new Activity("test order").Start())
        {
            trace = order.TraceId.ToString();
            id = await service.SendAsync(to, text: Text);
        }

        await service.StateIsAsync(id, "AcceptedByProvider");
        await service.LearnAsync(id, "1");
        await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id && told.Status == DeliveryStatus.Delivered);
        await Eventually.TrueAsync(() => Task.FromResult(seen.Any(activity => activity.OperationName == "apply delivery report" && activity.TraceId.ToString() == trace)));
        var ofTrace = seen.Where(activity => activity.TraceId.ToString() == trace).ToList();
        ofTrace.Select(activity => activity.OperationName).ShouldContain("hand over sms");
        ofTrace.ShouldContain(activity => activity.Source.Name == "System.Net.Http");
        var tags = string.Join('\n', seen.SelectMany(activity => activity.TagObjects).Select(tag => $"{tag.Key}={tag.Value}"));
        foreach (var secret in new[] { to, to[1..], Uri.EscapeDataString(to), "Rahasia", NotificationFixture.KannelSecret, "sender-uji" })
            tags.ShouldNotContain(secret);
    }
}
