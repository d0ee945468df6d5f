using Contracts.Notification;
using Microsoft.AspNetCore.Http;
using Notification.Tests.Testing;

namespace Notification.Tests.Groups;

public sealed class GroupTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    [Fact]
    public async Task NOT_4_a_batch_that_is_ordered_often_is_one_sms_to_each_and_its_progress_adds_up()
    {
        var batch = Batch(100, out var prefix);
        var messageId = Guid.CreateVersion7();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(at => service.Bus.PublishAsync(batch, at % 2 == 0 ? messageId : Guid.CreateVersion7())));
        (await ProgressAsync(batch, told => told.Waiting == 0)).ShouldBe((0, 100, 0, 0, 0, 0));
        service.Kannel.ReferencesWith(prefix).Order().ShouldBe(batch.Messages.Select(sms => sms.SmsId.ToString()).Order());

        await service.LearnAsync(batch.Messages[0].SmsId, "1");
        await service.LearnAsync(batch.Messages[1].SmsId, "2");
        (await ProgressAsync(batch, told => told.Delivered + told.Failed == 2)).ShouldBe((0, 98, 0, 1, 1, 0));
    }

    [Fact]
    public async Task NOT_4_who_ordered_hears_of_an_sms_and_nobody_else()
    {
        await using var ordering = await TestBus.StartAsync(service.Broker.Address, [typeof(DeliveryStatusChanged)], canBeSentTo: true);
        var (own, everybodys) = (Batch(1, out _) with { ReportTo = ordering.Queue }, Batch(1, out _) with { ReportTo = "no queue" });
        foreach (var batch in new[] { own, everybodys })
        {
            await service.Bus.PublishAsync(batch);
            await ProgressAsync(batch, told => told.Waiting == 0);
            await service.LearnAsync(batch.Messages[0].SmsId, "1");
            await ordering.GetAsync<DeliveryStatusChanged>(told => told.SmsId == batch.Messages[0].SmsId && told.Status == DeliveryStatus.Delivered);
        }

        await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == everybodys.Messages[0].SmsId && told.Status == DeliveryStatus.Delivered);
        service.Bus.Received<DeliveryStatusChanged>().ShouldNotContain(told => told.SmsId == own.Messages[0].SmsId);
    }

    [Fact]
    public async Task NOT_4_what_can_never_be_sent_fails_with_its_reason_and_the_rest_of_the_batch_goes()
    {
        var batch = Batch(4, out _);
        var messages = batch.Messages.ToList();
        messages[0] = messages[0] with { To = "+6221555123" };
        messages[1] = messages[1] with { Text = "nol \0" };
        messages.Add(messages[3]);
        await service.Bus.PublishAsync(batch with { Messages = messages });
        foreach (var (at, reason) in new[] { (0, "number-invalid"), (1, "text-invalid") })
        {
            var told = await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == messages[at].SmsId);
            (told.Status, told.Reason, told.Version).ShouldBe((DeliveryStatus.Failed, reason, 1));
        }

        (await ProgressAsync(batch, told => told.Waiting == 0)).ShouldBe((0, 2, 0, 0, 2, 0));
        (await service.Database.ScalarAsync<long>($"select count(*) from sms_content where sms_id in ('{messages[0].SmsId}', '{messages[1].SmsId}')")).ShouldBe(0);

        var unknown = Batch(2, out _) with { Channel = "tidak-ada" };
        await service.Bus.PublishAsync(unknown);
        (await ProgressAsync(unknown, told => told.Failed > 0)).ShouldBe((0, 0, 0, 0, 2, 0));
    }

    [Fact]
    public async Task BRO_6_a_group_that_is_held_waits_also_what_comes_later_and_an_older_word_changes_nothing()
    {
        var batch = Batch(5, out var prefix);
        await HoldAsync(batch, isHeld: true, version: 2);
        await service.Bus.PublishAsync(batch);
        (await ProgressAsync(batch, told => told.Waiting == 5)).ShouldBe((5, 0, 0, 0, 0, 0));
        await HoldAsync(batch, isHeld: false, version: 1);
        // Another of the same lane, ordered behind it, has gone.
        var other = Batch(1, out _);
        await service.Bus.PublishAsync(other);
        await service.StateIsAsync(other.Messages[0].SmsId, "AcceptedByProvider");
        service.Kannel.CallsWith(prefix).ShouldBe(0);

        await HoldAsync(batch, isHeld: false, version: 3);
        (await ProgressAsync(batch, told => told.Waiting == 0)).ShouldBe((0, 5, 0, 0, 0, 0));
        service.Kannel.CallsWith(prefix).ShouldBe(5);
    }

    [Fact]
    public async Task BRO_6_T9_a_group_that_is_withdrawn_half_way_says_exactly_what_left_and_nothing_leaves_after_it()
    {
        var batch = Batch(100, out var prefix);
        var release = new TaskCompletionSource();
        service.Kannel.ScriptAll(prefix, FaultyKannel.AnswersAfter(release.Task));
        await service.Bus.PublishAsync(batch);
        await Eventually.TrueAsync(() => Task.FromResult(service.Kannel.CallsWith(prefix) >= NotificationFixture.PatientInFlight));
        await service.Bus.PublishAsync(new WithdrawSmsGroup { GroupId = batch.GroupId });
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select exists (select from sms_group where id = '{batch.GroupId}' and withdrawn_at is not null)"));
        release.SetResult();
        var ended = await ProgressAsync(batch, told => told.Waiting == 0 && told.Withdrawn > 0);
        var left = service.Kannel.CallsWith(prefix);
        // One whose call took too long is uncertain.
        (ended.HandedOver + ended.Uncertain, ended.Withdrawn, ended.Failed).ShouldBe((left, 100 - left, 0));
        left.ShouldBeLessThan(100);

        // Neither does what comes later leave, nor by letting it go.
        var late = Batch(3, out var latePrefix) with { GroupId = batch.GroupId };
        await service.Bus.PublishAsync(late);
        await HoldAsync(batch, isHeld: false, version: 9);
        (await ProgressAsync(batch, told => told.Withdrawn > ended.Withdrawn)).Withdrawn.ShouldBe(ended.Withdrawn + 3);
        service.Kannel.CallsWith(prefix).ShouldBe(left);
        service.Kannel.CallsWith(latePrefix).ShouldBe(0);
        foreach (var sms in late.Messages)
            (await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == sms.SmsId)).Reason.ShouldBe("withdrawn");
        await Eventually.TrueAsync(() => Task.FromResult(service.Bus.Received<DeliveryStatusChanged>()
            .Count(told => told is { Status: DeliveryStatus.Failed, Reason: "withdrawn" } && batch.Messages.Any(sms => sms.SmsId == told.SmsId)) == ended.Withdrawn));
    }

    [Fact]
    public async Task BRO_6_what_a_provider_gives_back_after_the_withdrawal_is_taken_back_too()
    {
        var batch = Batch(1, out var prefix);
        var release = new TaskCompletionSource();
        service.Kannel.ScriptAll(prefix, async context =>
        {
            await release.Task;
            await FaultyKannel.Says(StatusCodes.Status503ServiceUnavailable, "Temporal failure, try again later.")(context);
        });
        await service.Bus.PublishAsync(batch);
        await Eventually.TrueAsync(() => Task.FromResult(service.Kannel.CallsWith(prefix) == 1));
        await service.Bus.PublishAsync(new WithdrawSmsGroup { GroupId = batch.GroupId });
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select exists (select from sms_group where id = '{batch.GroupId}' and withdrawn_at is not null)"));
        release.SetResult();
        (await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == batch.Messages[0].SmsId)).Reason.ShouldBe("withdrawn");
        service.Kannel.CallsWith(prefix).ShouldBe(1);
    }

    [Fact]
    public async Task NOT_4_two_instances_tell_each_version_of_a_group_once_and_the_last_one_is_how_it_stands()
    {
        await service.StartInstanceAsync();
        var batches = Enumerable.Range(0, 8).Select(_ => Batch(50, out var _)).ToList();
        var group = batches[0].GroupId;
        foreach (var batch in batches)
            await service.Bus.PublishAsync(batch with { GroupId = group });
        (await ProgressAsync(batches[0], told => told.HandedOver == 400)).ShouldBe((0, 400, 0, 0, 0, 0));
        var told = service.Bus.Received<SmsGroupProgressed>().Where(told => told.GroupId == group).ToList();
        told.Select(one => one.Version).ShouldBeUnique();
        told.MaxBy(one => one.Version)!.HandedOver.ShouldBe(400);
    }

    [Theory]
    [InlineData(SmsPurpose.Broadcast, true)]
    [InlineData(SmsPurpose.Emergency, false)]
    public async Task NOT_5_a_broadcast_has_quiet_hours_before_it_and_an_emergency_none(SmsPurpose purpose, bool keeps)
    {
        var batch = Batch(1, out _) with { Purpose = purpose };
        await service.Bus.PublishAsync(batch);
        await service.StateIsAsync(batch.Messages[0].SmsId, "AcceptedByProvider");
        (await service.Database.ScalarAsync<bool>($"select quiet_from is not null from sms where id = '{batch.Messages[0].SmsId}'")).ShouldBe(keeps);
    }

    private static SendSmsBatch Batch(int count, out string prefix)
    {
        var start = NotificationFixture.Number()[..^3];
        prefix = start;
        return new()
        {
            GroupId = Guid.CreateVersion7(),
            Purpose = SmsPurpose.Broadcast,
            Channel = "kannel",
            Messages = [.. Enumerable.Range(0, count).Select(at => new GroupedSms { SmsId = Guid.CreateVersion7(), To = $"{start}{at:000}", Text = "Rapat koordinasi pukul 09.00" })],
        };
    }

    private Task HoldAsync(SendSmsBatch batch, bool isHeld, long version)
    {
        var hold = new HoldSmsGroup { GroupId = batch.GroupId, IsHeld = isHeld, Version = version };
        return Task.WhenAll(service.Bus.PublishAsync(hold), Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>(
            $"select exists (select from sms_group where id = '{batch.GroupId}' and (hold_version >= {version} or withdrawn_at is not null))")));
    }

    /// <summary>The newest of what was told, when it passes.</summary>
    private async Task<(long Waiting, long HandedOver, long Uncertain, long Delivered, long Failed, long Withdrawn)> ProgressAsync(
        SendSmsBatch batch, Func<SmsGroupProgressed, bool> passes)
    {
        var newest = await Eventually.GetAsync(
            () => Task.FromResult(service.Bus.Received<SmsGroupProgressed>().Where(told => told.GroupId == batch.GroupId).MaxBy(told => told.Version)), told => told is not null && passes(told));
        return (newest!.Waiting, newest.HandedOver, newest.Uncertain, newest.Delivered, newest.Failed, newest.Withdrawn);
    }
}
