using System.Diagnostics;
using System.Globalization;
using Broadcast.Storage;
using Broadcast.Tests.Testing;
using Contracts.Notification;

namespace Broadcast.Tests.Sending;

/// <summary>The service as a process of its own, killed with SIGKILL while it plans and orders. What arrived at Notification decides, not our counters.</summary>
public sealed class KillTests(SendingFixture service, ITestOutputHelper output) : IClassFixture<SendingFixture>
{
    private const int Kills = 5;
    private static readonly int Recipients = int.Parse(Environment.GetEnvironmentVariable("BROADCAST_RECIPIENTS") ?? "2000", CultureInfo.InvariantCulture);

    // As it is installed; the small list would else be ordered at one go.
    private static readonly KeyValuePair<string, string?>[] Settings = Recipients > 10_000 ? [new("Broadcast:MostAhead", null)] : [];

    private long _version;
    private int _commands;
    private int _told;

    [Fact]
    public async Task BRO_6_T1_killed_five_times_each_recipient_is_ordered_exactly_once()
    {
        var unit = await service.AddPeopleAsync(Recipients);
        // Those processes live by the real clock; the instance of this one would have to wait for months.
        var now = TimeProvider.System.GetUtcNow();
        var id = await service.ApprovedAsync(unit, sendAt: now.AddMinutes(-1), at: now);
        await service.StopAsync();
        var began = TimeProvider.System.GetTimestamp();
        for (var kill = 1; kill <= Kills; kill++)
        {
            // The first one dies while it begins.
            var until = (kill - 1) * Recipients / Kills;
            await RunUntilAsync(id, () => Task.FromResult(_told > until));
        }

        var (last, before) = (TimeProvider.System.GetTimestamp(), service.Ordered(id).Count);
        await RunUntilAsync(id, () => service.Database.ScalarAsync<bool>($"select state = 'Completed' from broadcast where id = '{id}'"));
        output.WriteLine($"{Recipients} in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s with {Kills} kills; the last {Recipients - before} of them: "
            + $"{(Recipients - before) / TimeProvider.System.GetElapsedTime(last).TotalSeconds:0} a second, start of the process included");

        var arrived = service.Bus.Received<SendSmsBatch>().Where(batch => batch.GroupId == id).SelectMany(batch => batch.Messages).ToList();
        // The broker may bring a command twice; it is the same SMS then.
        arrived.DistinctBy(sms => sms.SmsId).Select(sms => sms.To).ShouldBeUnique();
        arrived.DistinctBy(sms => sms.SmsId).Count().ShouldBe(Recipients);
        (await service.CountsAsync(id)).ShouldBe($"Ordered {Recipients}");
        (await service.Database.ScalarAsync<long>($"select ordered from sending where broadcast_id = '{id}'")).ShouldBe(Recipients);
        var known = (await service.Database.ScalarAsync<string>($"select string_agg(sms_id::text || number, ',') from recipient where broadcast_id = '{id}'")).Split(',').ToHashSet(StringComparer.Ordinal);
        arrived.ShouldAllBe(sms => known.Contains($"{sms.SmsId}{sms.To}"));
        (await service.Database.ScalarAsync<long>($"select count(*) from broadcast_event where broadcast_id = '{id}' and kind in ('SendingBegan', 'Completed')")).ShouldBe(2);
    }

    /// <summary>A process works until then, and is killed.</summary>
    private async Task RunUntilAsync(Guid id, Func<Task<bool>> passes)
    {
        var process = service.StartProcess(Settings);
        await Eventually.TrueAsync(async () =>
        {
            await TellAsync(id);
            return process.HasExited || await passes();
        }, seconds: 120 + (Recipients / 50));
        process.HasExited.ShouldBeFalse();
        process.Refresh();
        // VmHWM.
        output.WriteLine($"peak memory {process.PeakWorkingSet64 / 1024 / 1024} MiB, {service.Ordered(id).Count} ordered");
        await process.KillAsync();
    }

    /// <summary>As Notification would, every now and then: all that has arrived is handed over.</summary>
    private async Task TellAsync(Guid id)
    {
        // What arrived is counted only when something has: it must not be the load.
        if (service.Bus.Received<SendSmsBatch>().Count is var commands && commands == _commands)
            return;
        _commands = commands;
        var arrived = service.Ordered(id).Count;
        if (arrived == _told)
            return;
        _told = arrived;
        await service.Bus.PublishAsync(new SmsGroupProgressed
        {
            GroupId = id,
            Version = ++_version,
            At = TimeProvider.System.GetUtcNow(),
            Waiting = 0,
            HandedOver = arrived,
            Uncertain = 0,
            Delivered = 0,
            Failed = 0,
            Withdrawn = 0,
        });
    }
}
