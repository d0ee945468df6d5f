using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Storage;
using Broadcast.Tests.Testing;
using Contracts.Directory;
using Contracts.Notification;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Sending;

public sealed class MovesTests(SendingFixture service) : IClassFixture<SendingFixture>
{
    [Fact]
    public async Task BRO_6_T9_a_broadcast_cancelled_half_way_reports_exact_numbers()
    {
        var id = await RunningAsync(450);
        await service.TellAsync(id, version: 1, waiting: 50, handedOver: 140, delivered: 9, uncertain: 1);
        await service.OrderedAsync(id, 300);
        var progress = await service.MovedAsync(id, "cancel");
        (progress.State, progress.Total, progress.HandedOver, progress.Waiting).ShouldBe((BroadcastState.Cancelled, 450, 150, 150));
        (await service.CountsAsync(id)).ShouldBe("Ordered 300, Withdrawn 150");
        await service.Bus.GetAsync<WithdrawSmsGroup>(withdraw => withdraw.GroupId == id);

        // Notification gives back what nobody has, one by one; the others end as they end.
        var sms = service.Ordered(id);
        await Task.WhenAll(sms.Skip(150).Select(one => service.TellAsync(one, DeliveryStatus.Failed, reason: "withdrawn")));
        await Task.WhenAll(sms.Take(9).Select(one => service.TellAsync(one, DeliveryStatus.Delivered)));
        await service.CountsAreAsync(id, "Delivered 9, Ordered 141, Withdrawn 300");
        (await service.MoveAsync(id, "cancel", await service.VersionAsync(id))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await service.Database.ScalarAsync<long>($"select count(*) from recipient where broadcast_id = '{id}' and state = 'Listed'")).ShouldBe(0);
    }

    [Fact]
    public async Task BRO_6_a_paused_broadcast_stands_and_goes_on_where_it_stopped()
    {
        var id = await RunningAsync(450);
        var paused = await service.MovedAsync(id, "pause");
        (paused.State, paused.Waiting).ShouldBe((BroadcastState.Paused, 200));
        (await service.Bus.GetAsync<HoldSmsGroup>(hold => hold.GroupId == id && hold.IsHeld)).Version.ShouldBe(paused.Version);
        await service.TellAsync(id, version: 1, handedOver: 200);
        // Another one goes meanwhile.
        await RunningAsync(150, expected: 150);
        service.Ordered(id).Count.ShouldBe(200);

        var resumed = await service.MovedAsync(id, "resume");
        (await service.Bus.GetAsync<HoldSmsGroup>(hold => hold.GroupId == id && !hold.IsHeld)).Version.ShouldBe(resumed.Version);
        await service.OrderedAsync(id, 450);
        service.Ordered(id).Select(sms => sms.To).ShouldBeUnique();
    }

    [Fact]
    public async Task BRO_6_T9_pause_and_cancel_at_the_same_moment_one_wins_and_the_others_see_what_is()
    {
        await service.StartInstanceAsync();
        var id = await RunningAsync(250);
        var version = await service.VersionAsync(id);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(at => service.MoveAsync(id, at % 2 == 0 ? "pause" : "cancel", version, instance: at % 2)));
        answers.Count(answer => answer.IsSuccessStatusCode).ShouldBe(1);
        foreach (var lost in answers.Where(answer => !answer.IsSuccessStatusCode))
        {
            lost.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            var problem = await lost.Content.ReadFromJsonAsync<JsonElement>();
            problem.GetProperty("type").GetString().ShouldEndWith("changed-meanwhile");
            problem.GetProperty("current").GetProperty("version").GetInt64().ShouldBeGreaterThan(version);
        }

        (await service.Database.ScalarAsync<long>($"select count(*) from broadcast_event where broadcast_id = '{id}' and kind in ('PauseBroadcast', 'CancelBroadcast')")).ShouldBe(1);
    }

    [Fact]
    public async Task BRO_6_T9_a_broadcast_that_fails_is_paused_by_itself_before_it_has_used_up_its_list_and_goes_on_behind_the_failures()
    {
        var id = await RunningAsync(450);
        await service.TellAsync(id, version: 1, waiting: 160, failed: 39, handedOver: 1);
        (await service.Database.ScalarAsync<string>($"select state from broadcast where id = '{id}'")).ShouldBe("Sending");
        await service.TellAsync(id, version: 2, waiting: 100, failed: 99, handedOver: 1);
        await service.StateIsAsync(id, BroadcastState.Paused);
        await service.Bus.GetAsync<HoldSmsGroup>(hold => hold.GroupId == id && hold.IsHeld);
        await service.Bus.GetAsync<TellResponsible>(told => told.Text.Contains("dihentikan sementara secara otomatis", StringComparison.Ordinal));
        service.Ordered(id).Count.ShouldBe(200);

        await service.MovedAsync(id, "resume");
        // What had failed before counts no more.
        await service.TellAsync(id, version: 3, failed: 100, handedOver: 100);
        await service.OrderedAsync(id, 450);
        await service.StateIsAsync(id, BroadcastState.Sending);
        service.Ordered(id).Select(sms => sms.To).ShouldBeUnique();
    }

    [Fact]
    public async Task BRO_6_of_a_broadcast_that_only_slows_down_no_end_is_foretold_and_it_can_be_resumed()
    {
        var id = await RunningAsync(450);
        await service.TellAsync(id, version: 1, waiting: 200);
        // Sixty are handed over in a second, and then none for long; only what becomes of these is told.
        for (var version = 2; version < 48; version++)
        {
            service.Clock.Advance(TimeSpan.FromSeconds(1));
            await service.TellAsync(id, version, waiting: 140, handedOver: 62 - version, delivered: version - 2);
        }

        await service.SignInIsFreshAsync();
        await service.MovedAsync(id, "pause");
        var resumed = await service.MovedAsync(id, "resume");
        (resumed.State, resumed.PerSecond, resumed.EstimatedEndAt).ShouldBe((BroadcastState.Sending, 0, null));
        (await service.Client(service.Mayor.Official, roles: Roles.Mayor).GetAsync($"/api/broadcasts/{id}/progress")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("pause", "{\"version\":1}", "reason")]
    [InlineData("pause", "{\"reason\":\"x\"}", "version")]
    [InlineData("cancel", "{\"reason\":\"\",\"version\":1}", "reason")]
    [InlineData("resume", "{\"reason\":\"x\",\"version\":\"satu\"}", "version")]
    [InlineData("send-late", "{}", "reason")]
    public async Task BRO_6_what_is_missing_is_named(string move, string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await service.Client(roles: Roles.Administrator).PostAsync($"/api/broadcasts/{Guid.CreateVersion7()}/{move}", content);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("cancel")]
    [InlineData("send-late")]
    public async Task BRO_6_what_is_not_there_is_not_found(string move) =>
        (await service.MoveAsync(Guid.CreateVersion7(), move, 1)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

    /// <summary>The first of them are ordered.</summary>
    private async Task<Guid> RunningAsync(int people, int expected = 200)
    {
        var id = await service.ApprovedAsync(await service.AddPeopleAsync(people));
        await service.OrderedAsync(id, expected);
        return id;
    }
}
