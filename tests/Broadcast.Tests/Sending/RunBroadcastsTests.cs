using System.Net;
using System.Net.Http.Json;
using Broadcast.Receiving;
using Broadcast.Sending;
using Broadcast.Storage;
using Broadcast.Tests.Testing;
using Contracts.Directory;
using Contracts.Notification;
using Npgsql;
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
    [InlineData("update revision set content_hash = sha256('Lain') where broadcast_id = '{0}'")]
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
        await (await service.MoveAsync(late, "resume", await service.VersionAsync(late))).ShouldRefuseAsync(HttpStatusCode.Conflict, "broadcast-state");
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

    [Fact]
    public async Task BRO_6_one_that_cannot_be_taken_further_holds_up_no_other()
    {
        var stuck = await service.ApprovedAsync(await service.AddPeopleAsync(1), service.Clock.GetUtcNow().AddMinutes(1));
        // As when another one holds what it needs.
        await service.Database.ExecuteAsync($"""
            create function lose() returns trigger language plpgsql as $$ begin raise exception 'lost' using errcode = 'serialization_failure'; end $$;
            create trigger lose before insert on sending for each row when (new.broadcast_id = '{stuck}') execute function lose()
            """);
        var next = await service.ApprovedAsync(await service.AddPeopleAsync(1), service.Clock.GetUtcNow().AddMinutes(1));
        await service.AdvanceAsync(TimeSpan.FromMinutes(1));
        await service.OrderedAsync(next, 1);
        service.Ordered(stuck).ShouldBeEmpty();
        await service.Database.ExecuteAsync("drop function lose cascade");
        await service.OrderedAsync(stuck, 1);
        (await HistoryAsync(stuck)).ShouldBe("SendingBegan");
    }

    [Fact]
    public async Task BRO_6_T4_a_list_is_refreshed_by_one_state_of_the_directory()
    {
        var unit = await service.AddPeopleAsync(2);
        var id = await service.ApprovedAsync(unit, service.Clock.GetUtcNow().AddMinutes(1));
        // The first statement has judged both; before the second one they exchange their numbers, and two of the list would have the same.
        await service.Database.ExecuteAsync($"""
            create function wait_for_test() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(6); return null; end $$;
            create trigger wait_for_test after update on recipient for each statement execute function wait_for_test()
            """);
        await using (var connection = new NpgsqlConnection(service.Database.Administrator + ";Pooling=false"))
        {
            await connection.OpenAsync();
            await RunAsync("select pg_advisory_lock(6)");
            await service.AdvanceAsync(TimeSpan.FromMinutes(1));
            await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>("""
                select exists (select from pg_locks where locktype = 'advisory' and objid = 6 and not granted and database = (select oid from pg_database where datname = current_database()))
                """));
            await RunAsync($"""
                update contacts.contact set notice_phone = (select max(recipient.number) from recipient where broadcast_id = '{id}' and recipient.official_id <> contact.official_id)
                where official_id in (select official_id from recipient where broadcast_id = '{id}')
                """);
            await RunAsync("select pg_advisory_unlock(6)");

            async Task RunAsync(string sql)
            {
                await using var command = new NpgsqlCommand(sql, connection);
                await command.ExecuteNonQueryAsync();
            }
        }

        await service.OrderedAsync(id, 2);
        await service.Database.ExecuteAsync("drop function wait_for_test cascade");
        service.Ordered(id).Select(sms => sms.To).ShouldBeUnique();
        (await HistoryAsync(id)).ShouldBe("SendingBegan");
    }

    [Fact]
    public async Task BRO_6_what_a_letter_allows_is_paid_by_the_unit_of_whoever_asked_for_it_and_all_else_by_the_city()
    {
        var (unit, two) = (await service.AddPeopleAsync(1), await service.AddPostAsync(service.Health, "Staff", "Staf"));
        await service.HoldsAsync(two.Official, service.HeadOfWorks.Position, DateTimeOffset.UnixEpoch);
        foreach (var (by, payer) in new (Guid?, string?)[] { (service.HealthClerk.Official, "DINKES.1"), (two.Official, null), (null, null) })
        {
            var id = await service.ApprovedAsync(unit, byLetterOf: by);
            (await service.Bus.GetAsync<SendSmsBatch>(batch => batch.GroupId == id)).Payer.ShouldBe(payer);
            // And what goes once more to one of them.
            var official = await service.Database.ScalarAsync<Guid>($"select official_id from recipient where broadcast_id = '{id}'");
            var answer = await service.Client(roles: Roles.Administrator).PostAsJsonAsync($"/api/broadcasts/{id}/recipients/{official}/resends", new { reason = "Tidak diterima", resends = 0 });
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
            var resent = (await answer.Content.ReadFromJsonAsync<ResendToOne.Response>())!.SmsId;
            (await service.Bus.GetAsync<SendSms>(sms => sms.SmsId == resent)).Payer.ShouldBe(payer);
        }
    }

    private Task<string> HistoryAsync(Guid id) => service.Database.ScalarAsync<string>($"select coalesce(string_agg(kind, ', ' order by seq), '') from broadcast_event where broadcast_id = '{id}'");
}
