using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Directory.Tests.Copies;

public sealed class CopiesTests(CopiesFixture platform) : IClassFixture<CopiesFixture>
{
    private static readonly TimeSpan MinutesOfPatience = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task PLT_4_a_service_that_starts_with_nothing_fills_itself_from_a_snapshot() => await platform.AgreeAsync();

    [Fact]
    public async Task PLT_4_a_lost_event_and_a_lost_row_are_found_shown_and_mended()
    {
        await platform.AgreeAsync();
        // A change whose event never came, and a row that the copy has lost.
        await platform.Directory.Database.ExecuteAsync("update unit set name = 'Dinas Baru', version = version + 1 where id = (select min(id::text)::uuid from unit)");
        await platform.InboundSms.Database.ExecuteAsync("delete from organisation.assignment where id = (select min(id::text)::uuid from organisation.assignment where version = 1)");
        await platform.Notification.Database.ExecuteAsync("delete from contacts.contact where official_id = (select min(official_id::text)::uuid from contacts.contact)");

        await Eventually.TrueAsync(() => platform.InboundSms.Database.ScalarAsync<bool>("select behind = 2 from directory_copy"));
        await Eventually.GetAsync(() => Task.FromResult(Gauge("platform.directory_copy.behind", "organisation")), behind => behind == 2);
        platform.InboundSms.Clock.Advance(TimeSpan.FromMinutes(2));
        await Eventually.GetAsync(HealthAsync, health => health.Contains("organisation: differs from Directory by 2 changes", StringComparison.Ordinal));
        Gauge("platform.directory_copy.since_agreement", "organisation").ShouldBeGreaterThanOrEqualTo(120);

        platform.Advance(MinutesOfPatience);
        await platform.AgreeAsync();
        await Eventually.GetAsync(HealthAsync, health => !health.Contains("organisation:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PLT_4_snapshot_and_events_together_leave_no_gap_and_no_double()
    {
        await platform.AgreeAsync();
        // Another test may have moved the clock.
        await platform.Directory.SignInAdministratorAsync();
        var units = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => platform.Directory.UnitAsync()));
        await platform.InboundSms.Database.ExecuteAsync("truncate organisation.unit, organisation.position, organisation.assignment, organisation.official, organisation.granted_roles");
        await platform.Notification.Database.ExecuteAsync("truncate contacts.contact");

        foreach (var version in Enumerable.Range(1, 20))
        {
            await platform.Directory.Bus.PublishAsync(new SendSnapshot { Queue = "inbound-sms-keep-organisation" });
            await platform.Directory.Bus.PublishAsync(new SendSnapshot { Queue = "notification-keep-contact" });
            foreach (var answer in await Task.WhenAll(units.Select(unit =>
                platform.Directory.Administrator.PatchAsJsonAsync($"/api/directory/units/{unit.Id()}", new { version, name = $"Dinas {version}" }))))
                answer.EnsureSuccessStatusCode();
        }

        await platform.AgreeAsync();
    }

    [Fact]
    public async Task DIR_1_an_organisation_of_5000_with_20_years_of_history_is_imported_with_progress_and_every_copy_agrees()
    {
        await platform.AgreeAsync();
        // Another test may have moved the clock.
        await platform.Directory.SignInAdministratorAsync();
        var city = new LargeCity();
        var started = await (await platform.Directory.Administrator.PostAsync("/api/directory/imports?dryRun=false", new ByteArrayContent(city.ToFile()))).EnsureSuccessStatusCode().ReadAsync();
        Task<JsonElement> NowAsync() => platform.Directory.Administrator.GetFromJsonAsync<JsonElement>($"/api/directory/imports/{started.Id()}");

        await Eventually.GetAsync(NowAsync, import => import.String("state") == "Running" && import.GetProperty("rowsDone").GetInt32() is > 0 and var done
            && done < import.GetProperty("rowsTotal").GetInt32());
        var finished = await Eventually.GetAsync(NowAsync, import => import.String("state") is not ("Waiting" or "Running"), seconds: 120);

        finished.String("state").ShouldBe("Done", finished.ToString());
        finished.GetProperty("rowsAdded").GetInt32().ShouldBe(city.Units + 3 * city.Officials + city.Assignments);
        await platform.AgreeAsync(seconds: 120);
    }

    [Fact]
    public async Task DIR_1_every_copy_has_the_names_of_officials_and_what_is_granted_to_them()
    {
        await platform.AgreeAsync();
        await platform.Directory.SignInAdministratorAsync();
        var official = await platform.Directory.OfficialAsync();
        await platform.Directory.HolderAsync(official, await platform.Directory.PositionAsync());
        var account = await platform.Directory.AccountAsync(employeeNumber: official.String("employeeNumber"), roles: "Secretary");
        Task<string> CopiedAsync() => platform.InboundSms.Database.ScalarAsync<string>(
            $"select coalesce((select name || ' ' || roles::text from organisation.official o join organisation.granted_roles g on g.official_id = o.id where o.id = '{official.Id()}'), '')");
        await Eventually.GetAsync(CopiedAsync, copied => copied == "Siti Rahayu {Secretary}");

        (await platform.Directory.Administrator.PatchAsJsonAsync($"/api/directory/officials/{official.Id()}", new { version = 1, name = "Siti Rahayu, S.IP." })).EnsureSuccessStatusCode();
        (await platform.Directory.Administrator.PatchAsJsonAsync($"/api/directory/accounts/{account.Id()}", new { version = 1, roles = new[] { "Auditor" } })).EnsureSuccessStatusCode();
        await Eventually.GetAsync(CopiedAsync, copied => copied == "Siti Rahayu, S.IP. {Auditor}");

        (await platform.Directory.Administrator.PatchAsJsonAsync($"/api/directory/accounts/{account.Id()}", new { version = 2, enabled = false })).EnsureSuccessStatusCode();
        await Eventually.GetAsync(CopiedAsync, copied => copied == "Siti Rahayu, S.IP. {}");
        await platform.AgreeAsync();
    }

    [Fact]
    public async Task PLT_4_a_snapshot_goes_on_after_Directory_lost_its_database()
    {
        await platform.AgreeAsync();
        await platform.InboundSms.Database.ExecuteAsync("truncate organisation.unit, organisation.position, organisation.assignment, organisation.official, organisation.granted_roles");
        await platform.Directory.Bus.PublishAsync(new SendSnapshot { Queue = "inbound-sms-keep-organisation" });
        await Eventually.TrueAsync(() => platform.InboundSms.Database.ScalarAsync<bool>("select exists (select from organisation.unit)"));
        platform.Directory.DatabaseLink.Cut();
        platform.Directory.DatabaseLink.Mend();
        await platform.AgreeAsync();
    }

    [Fact]
    public async Task PLT_4_silence_of_Directory_is_shown_and_the_service_goes_on()
    {
        await platform.AgreeAsync();
        platform.Notification.Clock.Advance(TimeSpan.FromMinutes(2));
        platform.Notification.BrokerLink.Cut();
        try
        {
            platform.Notification.Clock.Advance(TimeSpan.FromMinutes(2));
            var client = platform.Notification.Client();
            await Eventually.GetAsync(
                () => client.GetStringAsync("/health/ready"), health => health.Contains("contacts: no news from Directory", StringComparison.Ordinal));
            // How many changes it has missed nobody knows; the figure does not stand still as if there were none.
            var behind = await Eventually.GetAsync(() => Task.FromResult(Gauge("platform.directory_copy.behind", "contacts", platform.Notification.Services)), behind => behind >= 24);
            platform.Notification.Clock.Advance(TimeSpan.FromMinutes(10));
            Gauge("platform.directory_copy.behind", "contacts", platform.Notification.Services).ShouldBeGreaterThanOrEqualTo(behind + 120);
        }
        finally
        {
            platform.Notification.BrokerLink.Mend();
        }

        await platform.AgreeAsync();
    }

    [Fact]
    public async Task PLT_4_a_copy_that_never_heard_of_Directory_is_Degraded_after_a_minute_and_its_gauges_grow()
    {
        await using var lonely = new CopiesFixture.Copier<Notification.Storage.NotificationDb>("notification");
        await lonely.InitializeAsync();
        Task<string> HealthAsync() => lonely.Client().GetStringAsync("/health/ready");
        (await HealthAsync()).ShouldNotContain("contacts:");

        lonely.Clock.Advance(TimeSpan.FromMinutes(2));

        (await HealthAsync()).ShouldContain("contacts: nothing heard from Directory yet");
        Gauge("platform.directory_copy.behind", "contacts", lonely.Services).ShouldBe(24);
        Gauge("platform.directory_copy.since_agreement", "contacts", lonely.Services).ShouldBe(120);
    }

    [Theory]
    [InlineData("inbound-sms-keep-contact")]
    [InlineData("x-notification-keep-contact")]
    [InlineData("notification-keep-contact-x")]
    [InlineData("directory-start-snapshot")]
    [InlineData("")]
    public async Task DIR_5_phone_numbers_are_sent_to_Notification_and_Broadcast_and_nowhere_else(string queue)
    {
        var before = await ConsumedAsync();
        await platform.Directory.Bus.PublishAsync(new SendSnapshot { Queue = queue });
        await Eventually.GetAsync(ConsumedAsync, consumed => consumed > before);
        (await platform.Directory.Database.ScalarAsync<long>($"select count(*) from snapshot where queue = '{queue}'")).ShouldBe(0);
    }

    private Task<long> ConsumedAsync() => platform.Directory.Database.ScalarAsync<long>("select count(*) from inbox where consumer = 'directory-start-snapshot'");

    private async Task<string> HealthAsync()
    {
        var health = await platform.InboundSms.Client().GetFromJsonAsync<JsonElement>("/health/ready");
        return health.GetProperty("checks").GetProperty("directory-copy").ToString();
    }

    /// <summary>As an exporter would read it.</summary>
    private static double Gauge(string name, string copy, IServiceProvider? of = null)
    {
        var value = double.NaN;
        var meters = of?.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == name && (meters is null || instrument.Meter.Scope == meters))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        void Take(double measured, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var tag in tags)
                value = tag is { Key: "copy", Value: string named } && named == copy ? measured : value;
        }

        listener.SetMeasurementEventCallback<long>((_, measured, tags, _) => Take(measured, tags));
        listener.SetMeasurementEventCallback<double>((_, measured, tags, _) => Take(measured, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return value;
    }
}
