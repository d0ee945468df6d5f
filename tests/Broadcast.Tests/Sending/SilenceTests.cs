using Broadcast.Storage;
using Broadcast.Tests.Testing;
using Contracts.Directory;
using Contracts.Notification;

namespace Broadcast.Tests.Sending;

public sealed class SilenceTests(SendingFixture service) : IClassFixture<SendingFixture>
{
    [Fact]
    public async Task BRO_6_a_broadcast_of_which_nothing_is_told_is_paused_and_goes_on_by_a_persons_word()
    {
        var id = await RunningAsync();
        await service.TellAsync(id, version: 1, waiting: 150, handedOver: 50);
        await PassAsync(minutes: 14);
        await service.StateIsAsync(id, BroadcastState.Sending);
        await service.AdvanceAsync(TimeSpan.FromMinutes(2));
        await service.StateIsAsync(id, BroadcastState.Paused);
        await service.Bus.GetAsync<HoldSmsGroup>(hold => hold.GroupId == id && hold.IsHeld);
        var number = await service.Database.ScalarAsync<long>($"select number from broadcast where id = '{id}'");
        (await service.Bus.GetAsync<TellResponsible>(told => told.Text.Contains(FormattableString.Invariant($" nomor {number} "), StringComparison.Ordinal)
            && told.Text.Contains("lama tidak ada kabar", StringComparison.Ordinal) && told.Text.Contains("dihentikan sementara", StringComparison.Ordinal)))
            .IsUrgent.ShouldBeFalse();

        await service.MovedAsync(id, "resume");
        await PassAsync(minutes: 14);
        await service.StateIsAsync(id, BroadcastState.Sending);
        await service.TellAsync(id, version: 2, handedOver: 200);
        await service.OrderedAsync(id, 450);
        await service.MovedAsync(id, "cancel");
    }

    [Fact]
    public async Task BRO_6_one_that_waits_behind_another_of_its_channel_is_not_silent()
    {
        var (first, behind) = (await RunningAsync(), await RunningAsync());
        foreach (var version in new[] { 1, 2 })
        {
            await service.AdvanceAsync(TimeSpan.FromMinutes(8));
            await service.TellAsync(first, version, waiting: 200 - (10 * version), delivered: 10 * version);
        }

        await PassAsync(minutes: 1);
        await service.StateIsAsync(behind, BroadcastState.Sending);
        // Its own turn has only begun.
        await service.MovedAsync(first, "cancel");
        await PassAsync(minutes: 13);
        await service.StateIsAsync(behind, BroadcastState.Sending);
        await service.AdvanceAsync(TimeSpan.FromMinutes(2));
        await service.StateIsAsync(behind, BroadcastState.Paused);
    }

    [Fact]
    public async Task BRO_6_of_an_emergency_people_are_told_again_and_again_and_it_goes_on()
    {
        var id = await service.ApprovedAsync(await service.AddPeopleAsync(450), isEmergency: true, validUntil: service.Clock.GetUtcNow().AddHours(2));
        await service.OrderedAsync(id, 200);
        for (var times = 1; times <= 2; times++)
        {
            await service.AdvanceAsync(TimeSpan.FromMinutes(16));
            await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select count(*) = {times} from broadcast_event where broadcast_id = '{id}' and kind = 'Silence'"));
        }

        await Eventually.TrueAsync(() => Task.FromResult(
            service.Bus.Received<TellResponsible>().Where(told => told.Text.Contains("Siaran darurat", StringComparison.Ordinal)).DistinctBy(told => told.Id).Count() == 2));
        service.Bus.Received<TellResponsible>().Where(told => told.Text.Contains("Siaran darurat", StringComparison.Ordinal)).ShouldAllBe(told => told.IsUrgent, "at night too");
        await service.TellAsync(id, version: 1, handedOver: 200);
        await service.OrderedAsync(id, 450);
        service.Bus.Received<HoldSmsGroup>().ShouldNotContain(hold => hold.GroupId == id);
    }

    [Fact]
    public async Task BRO_6_the_night_is_no_silence()
    {
        // Until ten minutes before it.
        var local = service.Clock.GetUtcNow().ToOffset(TimeSpan.FromHours(7));
        await service.AdvanceAsync(TimeSpan.FromHours(24 + 20) + TimeSpan.FromMinutes(50) - local.TimeOfDay);
        var id = await RunningAsync();
        await PassAsync(minutes: 20);
        await service.StateIsAsync(id, BroadcastState.Sending);
        await PassAsync(minutes: (9 * 60) + 4);
        await service.StateIsAsync(id, BroadcastState.Sending);
        await service.AdvanceAsync(TimeSpan.FromMinutes(2));
        await service.StateIsAsync(id, BroadcastState.Paused);
    }

    [Fact]
    public async Task BRO_6_what_was_told_while_the_service_was_away_is_heard_before_it_is_judged()
    {
        var id = await RunningAsync();
        await service.StopAsync();
        service.Clock.Advance(TimeSpan.FromHours(1));
        await service.SignIn.PublishAsync(service.Database, service.Clock.GetUtcNow());
        await service.StartInstanceAsync();
        await PassAsync(minutes: 1);
        await service.StateIsAsync(id, BroadcastState.Sending);
        await service.AdvanceAsync(TimeSpan.FromMinutes(15));
        await service.StateIsAsync(id, BroadcastState.Paused);
    }

    [Theory]
    [InlineData(90, 310, BroadcastState.Sending)]
    [InlineData(310, 90, BroadcastState.Paused)]
    public async Task BRO_6_one_that_a_provider_takes_without_a_word_is_paused(int pending, int delivered, BroadcastState state)
    {
        var id = await RunningAsync();
        await service.TellAsync(id, version: 1, waiting: 200);
        await service.AdvanceAsync(TimeSpan.FromMinutes(8));
        await service.TellAsync(id, version: 2, handedOver: 200);
        await service.OrderedAsync(id, 450);
        await service.AdvanceAsync(TimeSpan.FromMinutes(8));
        await service.TellAsync(id, version: 3, waiting: 50, handedOver: pending, delivered: delivered);
        await service.StateIsAsync(id, state);
    }

    /// <summary>The first of its 450 are ordered.</summary>
    private async Task<Guid> RunningAsync()
    {
        var id = await service.ApprovedAsync(await service.AddPeopleAsync(450));
        await service.OrderedAsync(id, 200);
        return id;
    }

    /// <summary>So long passes, and the runner has looked at all: one that comes behind them has gone.</summary>
    private async Task PassAsync(int minutes)
    {
        await service.AdvanceAsync(TimeSpan.FromMinutes(minutes));
        await service.OrderedAsync(await service.ApprovedAsync(await service.AddPeopleAsync(1)), 1);
    }
}
