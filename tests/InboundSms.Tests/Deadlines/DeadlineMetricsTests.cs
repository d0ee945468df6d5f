using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using InboundSms.Deadlines;
using InboundSms.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace InboundSms.Tests.Deadlines;

public sealed class DeadlineMetricsTests(LateCity city) : IClassFixture<LateCity>
{
    [Fact]
    public async Task PLT_2_what_waits_what_is_late_and_how_long_answers_take_is_measured()
    {
        var office = await city.OfficeAsync();
        var seen = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        using var listener = Listen(city.Service.Services, seen);
        using var escalations = new Counting([city.Service.Instances[0]], "platform.sms.escalations", "Due");
        using var others = new Counting([city.Service.Instances[1]], "platform.sms.escalations", "Due");
        var late = await city.Service.SendAndRouteAsync($"{office.Keyword} terlambat", "+6281370000001");
        await city.Service.SendAndRouteAsync("XQZWVY tanpa alamat", "+6281370000002");
        await city.RoundAfterAsync(TimeSpan.FromMinutes(181));
        await city.Service.SendAndRouteAsync($"{office.Keyword} baru", "+6281370000003");

        await LookAsync();
        (seen["platform.sms.cases.open position"], seen["platform.sms.cases.overdue position"]).ShouldBe((2, 1));
        (seen["platform.sms.cases.open tray"], seen["platform.sms.cases.overdue tray"]).ShouldBe((1, 1));
        (escalations.Counted + others.Counted).ShouldBe(2);

        using var clerk = city.Service.Client(office.Clerk);
        (await clerk.PostAsJsonAsync($"/api/inbound-sms/messages/{late}/answers", new { text = "Maaf terlambat" })).EnsureSuccessStatusCode();
        seen["platform.sms.answer.duration "].ShouldBe(181 * 60, 1);
        await LookAsync();
        (seen["platform.sms.cases.open position"], seen["platform.sms.cases.overdue position"]).ShouldBe((1, 0));

        async Task LookAsync()
        {
            await city.Service.Services.GetServices<IHostedService>().OfType<WatchDeadlines>().Single().LookAsync(CancellationToken.None);
            listener.RecordObservableInstruments();
        }
    }

    private static MeterListener Listen(IServiceProvider service, ConcurrentDictionary<string, double> seen)
    {
        var meters = service.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name.StartsWith("platform.sms.", StringComparison.Ordinal) && instrument.Meter.Scope == meters)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen[$"{instrument.Name} {Place(tags)}"] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen[$"{instrument.Name} {Place(tags)}"] = value);
        listener.Start();
        return listener;
    }

    private static object? Place(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (key, value) in tags)
        {
            if (key == "place")
                return value;
        }

        return null;
    }
}
