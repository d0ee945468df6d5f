using System.Net;
using System.Net.Http.Json;
using Broadcast.Sending;
using Broadcast.Storage;
using Broadcast.Tests.Testing;
using Contracts.Directory;
using Contracts.Notification;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Sending;

public sealed class RunBroadcastsTests(SendingFixture service) : IClassFixture<SendingFixture>
{
    [Fact]
    public async Task BRO_6_an_approved_broadcast_is_ordered_in_chunks_never_far_ahead_and_each_recipient_once()
    {
        var id = await service.ApprovedAsync(await service.AddPeopleAsync(450), text: "Rapat, {nama}");
        // The first ones show whether something is wrong with all of them.
        await service.OrderedAsync(id, 200);
        await service.TellAsync(id, version: 1, waiting: 100, handedOver: 100);
        await service.OrderedAsync(id, 300);
        await service.TellAsync(id, version: 2, waiting: 100, handedOver: 200);
        await service.OrderedAsync(id, 450);
        (await service.CountsAsync(id)).ShouldBe("Ordered 450");
        await service.TellAsync(id, version: 3, handedOver: 440, delivered: 10);
        await service.StateIsAsync(id, BroadcastState.Completed);

        var batches = service.Bus.Received<SendSmsBatch>().Where(batch => batch.GroupId == id).DistinctBy(batch => batch.Messages[0].SmsId).ToList();
        batches.Select(batch => batch.Messages.Count).ShouldBe([100, 100, 100, 100, 50]);
        batches.ShouldAllBe(batch => batch.Purpose == SmsPurpose.Broadcast && batch.Channel.Length == 0);
        batches.Select(batch => batch.ReportTo).ShouldBeSubsetOf((await Servers.QueuesAsync(service.VirtualHost)).Select(queue => queue.GetProperty("name").GetString()));
        var ordered = service.Ordered(id);
        ordered.Select(sms => sms.To).ShouldBeUnique();
        ordered.Select(sms => sms.Text).ShouldBeUnique();
        (await service.Database.ScalarAsync<long>($"select count(*) from recipient where broadcast_id = '{id}' and sms_id is not null")).ShouldBe(450);

        var progress = (await service.Client(service.Mayor.Official, roles: Roles.Mayor).GetFromJsonAsync<GetProgress.Response>($"/api/broadcasts/{id}/progress", SealedHistory.Json))!;
        (progress.State, progress.Total, progress.HandedOver, progress.Waiting).ShouldBe((BroadcastState.Completed, 450, 450, 0));
        progress.Recipients.Sum(count => count.Recipients).ShouldBe(450);
        (await HistoryAsync(id)).ShouldBe("SendingBegan, Completed");
        // Who neither reads all broadcasts nor asked for this one does not even hear that it exists.
        (await service.Client(service.HealthClerk.Official).GetAsync($"/api/broadcasts/{id}/progress")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task BRO_6_an_emergency_goes_before_everything_and_at_night()
    {
        var id = await service.ApprovedAsync(await service.AddPeopleAsync(1), isEmergency: true, validUntil: service.Clock.GetUtcNow().AddHours(2));
        var batch = await service.Bus.GetAsync<SendSmsBatch>(batch => batch.GroupId == id);
        (batch.Purpose, batch.ExpiresAt).ShouldBe((SmsPurpose.Emergency, service.Clock.GetUtcNow().AddHours(2)));
    }

    [Fact]
    public async Task BRO_9_what_becomes_of_each_sms_is_kept_by_version_and_always_adds_up()
    {
        var id = await service.ApprovedAsync(await service.AddPeopleAsync(5));
        await service.OrderedAsync(id, 5);
        var sms = service.Ordered(id);
        await service.TellAsync(sms[0], DeliveryStatus.Delivered, version: 3);
        await service.TellAsync(sms[1], DeliveryStatus.Failed, reason: "rejected");
        await service.TellAsync(sms[2], DeliveryStatus.Pending, uncertain: true);
        await service.TellAsync(sms[3], DeliveryStatus.Pending, atOperator: true);
        await service.TellAsync(sms[3], DeliveryStatus.Failed, version: 2, reason: "undelivered");
        await service.TellAsync(new GroupedSms { SmsId = Guid.CreateVersion7(), To = "", Text = "" }, DeliveryStatus.Failed);
        await service.CountsAreAsync(id, "Delivered 1, Failed 2, Ordered 2");
        await service.TellAsync(sms[0], DeliveryStatus.Failed, version: 2, reason: "undelivered");
        await service.TellAsync(sms[4], DeliveryStatus.Delivered);
        await service.CountsAreAsync(id, "Delivered 2, Failed 2, Ordered 1");
        (await service.Database.ScalarAsync<long>($"select count(*) from recipient where broadcast_id = '{id}' and is_uncertain and sms_id = '{sms[2].SmsId}'")).ShouldBe(1);
        // It was at the operator before it failed: a correction goes there too.
        await Eventually.GetAsync(
            () => service.Database.ScalarAsync<string>($"select string_agg(failure || at_operator, ',' order by failure) from recipient where broadcast_id = '{id}' and state = 'Failed'"),
            failed => failed == "rejectedfalse,undeliveredtrue");
    }

    [Theory]
    [InlineData("update revision set text = 'Lain' where broadcast_id = '{0}'")]
    [InlineData("update broadcast set subject = 'Lain' where id = '{0}'")]
    [InlineData("update recipient set number = '+6281999999999' where broadcast_id = '{0}' and official_id = (select official_id from recipient where broadcast_id = '{0}' limit 1)")]
    [InlineData("delete from recipient where broadcast_id = '{0}' and official_id = (select official_id from recipient where broadcast_id = '{0}' limit 1)")]
    public async Task BRO_4_what_is_not_to_the_byte_what_was_approved_is_never_sent(string change)
    {
        var sendAt = service.Clock.GetUtcNow().AddMinutes(10);
        var id = await service.ApprovedAsync(await service.AddPeopleAsync(3), sendAt);
#pragma warning disable CA1863 // Once.
        await service.Database.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, change, id));
#pragma warning restore CA1863
        await service.AdvanceAsync(TimeSpan.FromMinutes(10));
        await service.StateIsAsync(id, BroadcastState.Draft);
        (await HistoryAsync(id)).ShouldBe("ApprovalVoid");
        await service.Bus.GetAsync<TellResponsible>(told => told.Text.Contains("bukan yang disetujui", StringComparison.Ordinal));
        service.Ordered(id).ShouldBeEmpty();
    }

    [Fact]
    public async Task BRO_6_T5_a_broadcast_waits_for_its_time_and_who_left_office_meanwhile_gets_nothing()
    {
        var unit = await service.AddPeopleAsync(3);
        var id = await service.ApprovedAsync(unit, service.Clock.GetUtcNow().AddMinutes(30));
        await service.Database.ExecuteAsync($"""
            update organisation.assignment set valid_to = '{service.Clock.GetUtcNow().AddMinutes(20):O}'
            where position_id = (select id from organisation.position where unit_id = '{unit}' limit 1)
            """);
        // One that is due now goes; this one not.
        await service.OrderedAsync(await service.ApprovedAsync(await service.AddPeopleAsync(1)), 1);
        service.Ordered(id).ShouldBeEmpty();
        await service.AdvanceAsync(TimeSpan.FromMinutes(30));
        await service.OrderedAsync(id, 2);
        await service.CountsAreAsync(id, "Ordered 2, Skipped 1");
    }

    [Fact]
    public async Task BRO_6_T5_one_whose_moment_is_long_past_waits_for_a_person_and_goes_by_his_word()
    {
        var (from, unit) = (service.Clock.GetUtcNow(), await service.AddPeopleAsync(2));
        var late = await service.ApprovedAsync(unit, from.AddMinutes(10));
        var invalid = await service.ApprovedAsync(unit, from.AddMinutes(10), validUntil: from.AddMinutes(60));
        await service.AdvanceAsync(TimeSpan.FromMinutes(10 + 61));
        await service.StateIsAsync(late, BroadcastState.Late);
        await service.StateIsAsync(invalid, BroadcastState.Late);
        (await service.Client().GetStringAsync("/health/ready")).ShouldContain("stands still");
        service.Ordered(late).ShouldBeEmpty();
        (await service.MoveAsync(late, "resume", await service.VersionAsync(late))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await service.MoveAsync(invalid, "send-late", await service.VersionAsync(invalid))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await service.MovedAsync(invalid, "cancel");
        await service.CountsAreAsync(invalid, "Withdrawn 2");

        await service.MovedAsync(late, "send-late");
        await service.OrderedAsync(late, 2);
        (await HistoryAsync(late)).ShouldBe("TooLate, SendLate, SendingBegan");
    }

    [Fact]
    public async Task BRO_6_a_list_without_anybody_left_is_completed_at_once()
    {
        var unit = await service.AddPeopleAsync(1);
        var id = await service.ApprovedAsync(unit, service.Clock.GetUtcNow().AddMinutes(1));
        await service.Database.ExecuteAsync($"update organisation.assignment set valid_to = now() - interval '1 year' where position_id in (select id from organisation.position where unit_id = '{unit}')");
        await service.AdvanceAsync(TimeSpan.FromMinutes(1));
        await service.StateIsAsync(id, BroadcastState.Completed);
        (await service.CountsAsync(id)).ShouldBe("Skipped 1");
    }

    private Task<string> HistoryAsync(Guid id) => service.Database.ScalarAsync<string>($"select coalesce(string_agg(kind, ', ' order by seq), '') from broadcast_event where broadcast_id = '{id}'");
}
