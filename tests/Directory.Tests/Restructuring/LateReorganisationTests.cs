using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Testing;
using Npgsql;

namespace Directory.Tests.Restructuring;

/// <summary>What nobody watches: midnight, outages, several instances, plans that no longer fit.</summary>
public sealed class LateReorganisationTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Reorganisations = "/api/directory/reorganisations";

    [Fact]
    public async Task DIR_6_a_reorganisation_at_midnight_in_Jakarta_with_the_service_down_is_right_after_its_start()
    {
        var position = await directory.PositionAsync(DirectoryFixture.Fresh("MALAM"));
        var (leaving, coming) = (await directory.OfficialAsync(), await directory.OfficialAsync());
        var held = await AssignAsync(leaving, position);
        (await directory.Administrator.PostAsJsonAsync($"/api/directory/assignments/{held.Id()}/end", new { version = 1, to = "2026-01-10" })).EnsureSuccessStatusCode();
        await AssignAsync(coming, position, "2026-01-10");
        var login = (await directory.AccountAsync(DirectoryFixture.AdminPassword, coming.String("employeeNumber"))).String("userLogin");
        // A date alone is its midnight in the city: 17:00 UTC of the day before.
        var midnight = new DateTimeOffset(2026, 1, 9, 17, 0, 0, TimeSpan.Zero);
        var target = await directory.UnitAsync();
        var answer = await directory.Administrator.PostAsJsonAsync(Reorganisations, new
        {
            name = "Penggabungan",
            decree = "Perda 1/2026",
            effectiveAt = "2026-01-10",
            steps = new object[] { new { act = "MergeUnits", unitCodes = new[] { position.String("unitCode") }, intoCode = target.String("code") } },
        });
        var plan = await answer.ReadAsync();
        plan.GetProperty("effectiveAt").GetDateTimeOffset().ShouldBe(midnight);

        await directory.StopAsync();
        directory.Clock.Advance(midnight.AddHours(6) - directory.Clock.GetUtcNow());
        await Task.WhenAll(directory.StartInstanceAsync(), directory.StartInstanceAsync());
        await BecomesAsync(plan, "Applied");
        await directory.AdvanceAsync(TimeSpan.Zero);

        var told = await directory.Bus.GetAsync<PositionChanged>(changed => changed.PositionId == position.Id() && changed.Version == 2);
        told.UnitId.ShouldBe(target.Id());
        directory.Bus.Received<PositionChanged>().Count(changed => changed.PositionId == position.Id() && changed.Version == 2).ShouldBe(1);
        var closed = await directory.Bus.GetAsync<UnitChanged>(changed => changed.Code == position.String("unitCode") && changed.Version == 2);
        closed.ClosedAt.ShouldBe(midnight);
        (await UnitOfAsync(position, "2026-01-09T23:59:59")).ShouldBe(position.String("unitCode"));
        (await UnitOfAsync(position, "2026-01-10")).ShouldBe(target.String("code"));
        // The transfer was told ahead and needed nobody at midnight.
        (await HolderAsync(position, "2026-01-09T23:59:59")).ShouldBe(leaving.String("employeeNumber"));
        (await HolderAsync(position, "2026-01-10")).ShouldBe(coming.String("employeeNumber"));
        var me = await (await directory.SignedInAsync(login, DirectoryFixture.AdminPassword)).GetFromJsonAsync<JsonElement>("/api/directory/me");
        me.GetProperty("positions")[0].String("unitCode").ShouldBe(target.String("code"));
    }

    [Fact]
    public async Task DIR_6_a_plan_that_no_longer_fits_fails_as_a_whole_is_seen_and_takes_effect_from_its_instant_once_it_is_corrected()
    {
        var (unit, target, below) = (await directory.UnitAsync(), await directory.UnitAsync(), await directory.UnitAsync());
        var at = directory.Clock.GetUtcNow().AddMinutes(10);
        object[] steps =
        [
            new { act = "RenameUnit", unitCode = unit.String("code"), name = "Dinas Sesudah" },
            new { act = "MoveUnit", unitCode = below.String("code"), parentCode = target.String("code") },
        ];
        var plan = await (await PlanAsync(at, steps)).ReadAsync();
        (await directory.Administrator.PostAsJsonAsync($"/api/directory/units/{target.Id()}/close", new { version = 1 })).EnsureSuccessStatusCode();

        directory.Clock.Advance(TimeSpan.FromMinutes(15));
        await BecomesAsync(plan, "Failed");
        await directory.AdvanceAsync(TimeSpan.Zero);

        (await directory.Database.ScalarAsync<string>($"select name from unit where id = '{unit.Id()}'")).ShouldBe("Dinas Kesehatan");
        directory.Bus.Received<UnitChanged>().ShouldNotContain(changed => changed.UnitId == unit.Id() && changed.Version > 1);
        var failed = (await directory.Administrator.GetFromJsonAsync<JsonElement>($"{Reorganisations}?status=Failed")).GetProperty("items")[0];
        failed.Id().ShouldBe(plan.Id());
        var failure = failed.GetProperty("failure");
        (failure.GetProperty("step").GetInt32(), failure.String("code"), failure.String("text")).ShouldBe((1, "unit-closed", "Unit kerja ini sudah ditutup"));
        (await HealthAsync()).ShouldBe("Degraded");
        await Eventually.TrueAsync(() => Task.FromResult(FailedByTheGauge() == 1));

        await (await PostAsync($"{Reorganisations}/{plan.Id()}/retry", new { version = 2 })).ShouldNameAsync("steps[1].parentCode");
        var version = failed.Version();
        steps[1] = new { act = "RenameUnit", unitCode = below.String("code"), name = "Dinas Lain" };
        var corrected = await directory.Administrator.PutAsJsonAsync(
            $"{Reorganisations}/{plan.Id()}", new { version, name = "Penataan", decree = "Perwal 6/2026", effectiveAt = at, steps });
        corrected.StatusCode.ShouldBe(HttpStatusCode.OK, await corrected.Content.ReadAsStringAsync());
        await BecomesAsync(plan, "Applied");

        await Eventually.TrueAsync(async () => await HealthAsync() == "Healthy");
        (await directory.Database.ScalarAsync<DateTime>($"select valid_from from unit_version where unit_id = '{unit.Id()}' and name = 'Dinas Sesudah'")).ShouldBe(at.UtcDateTime);
        await (await directory.Administrator.PutAsJsonAsync(
            $"{Reorganisations}/{plan.Id()}", new { version = 4, name = "Penataan", decree = "Perwal 6/2026", effectiveAt = at, steps }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "reorganisation-over");
    }

    [Fact]
    public async Task DIR_6_what_stood_against_a_plan_is_put_right_and_the_plan_is_retried()
    {
        var (unit, position) = (await directory.UnitAsync(), await directory.PositionAsync());
        var plan = await (await PlanAsync(directory.Clock.GetUtcNow().AddMinutes(1), new { act = "CloseUnit", unitCode = unit.String("code") })).ReadAsync();
        (await directory.Administrator.PatchAsJsonAsync($"/api/directory/positions/{position.Id()}", new { version = 1, unitCode = unit.String("code") })).EnsureSuccessStatusCode();
        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));
        await BecomesAsync(plan, "Failed");

        (await PostAsync($"/api/directory/positions/{position.Id()}/close", new { version = 2 })).EnsureSuccessStatusCode();
        (await PostAsync($"{Reorganisations}/{plan.Id()}/retry", new { version = 2 })).StatusCode.ShouldBe(HttpStatusCode.OK);

        await BecomesAsync(plan, "Applied");
    }

    [Fact]
    public async Task DIR_6_two_plans_that_are_due_at_once_take_effect_in_order_and_once_with_several_instances()
    {
        await directory.StartInstanceAsync();
        var (unit, code) = (await directory.UnitAsync(), DirectoryFixture.Fresh("URUT"));
        var at = directory.Clock.GetUtcNow().AddMinutes(1);
        var plans = new List<JsonElement> { await (await PlanAsync(at, new { act = "CreateUnit", code, name = "0" })).ReadAsync() };
        for (var n = 1; n <= 10; n++)
            plans.Add(await (await PlanAsync(at.AddSeconds(n % 2), new { act = "RenameUnit", unitCode = code, name = $"{n}" })).ReadAsync());

        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));
        foreach (var plan in plans)
            await BecomesAsync(plan, "Applied");

        var told = await Eventually.GetAsync(
            () => Task.FromResult(directory.Bus.Received<UnitChanged>().Where(changed => changed.Code == code).ToList()), events => events.Count >= 11);
        told.Select(changed => changed.Name).ShouldBe(["0", "2", "4", "6", "8", "10", "1", "3", "5", "7", "9"]);
        told.Select(changed => changed.Version).ShouldBe(Enumerable.Range(1, 11).Select(version => (long)version));
        (await directory.Database.ScalarAsync<long>($"select count(*) from audit_entry where subject_id = '{told[0].UnitId}'")).ShouldBe(11);
        unit.Version().ShouldBe(1);
    }

    [Fact]
    public async Task DIR_6_a_fault_in_one_plan_does_not_hold_back_the_next()
    {
        var unit = await directory.UnitAsync();
        var at = directory.Clock.GetUtcNow().AddMinutes(1);
        var broken = await (await PlanAsync(at, new { act = "RenameUnit", unitCode = unit.String("code"), name = "Rusak" })).ReadAsync();
        var whole = await (await PlanAsync(at, new { act = "RenameUnit", unitCode = unit.String("code"), name = "Utuh" })).ReadAsync();
        await directory.Database.ExecuteAsync($$"""update reorganisation set steps = '[{"act":"Nothing"}]' where id = '{{broken.Id()}}'""");

        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));

        await BecomesAsync(broken, "Failed");
        await BecomesAsync(whole, "Applied");
        (await directory.Database.ScalarAsync<string>($"select failure_code from reorganisation where id = '{broken.Id()}'")).ShouldBe("fault");
        await directory.Database.ExecuteAsync($"update reorganisation set status = 'Cancelled', failure_code = null where id = '{broken.Id()}'");
    }

    [Fact]
    public async Task DIR_6_the_database_is_away_at_the_instant_and_the_plan_takes_effect_when_it_is_back()
    {
        var unit = await directory.UnitAsync();
        var plan = await (await PlanAsync(directory.Clock.GetUtcNow().AddMinutes(1), new { act = "RenameUnit", unitCode = unit.String("code"), name = "Kembali" })).ReadAsync();
        directory.DatabaseLink.Cut();
        directory.Clock.Advance(TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync(async () => (await directory.Client().GetAsync("/health/ready")).StatusCode == HttpStatusCode.ServiceUnavailable);
        directory.DatabaseLink.Mend();

        await BecomesAsync(plan, "Applied");
        await directory.AdvanceAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task DIR_6_dying_between_two_steps_leaves_nothing_done_and_the_plan_due()
    {
        var (first, second) = (await directory.UnitAsync(), await directory.UnitAsync());
        var plan = await (await PlanAsync(
            directory.Clock.GetUtcNow().AddMinutes(1),
            new { act = "RenameUnit", unitCode = first.String("code"), name = "Satu" }, new { act = "RenameUnit", unitCode = second.String("code"), name = "Dua" })).ReadAsync();
        await using var holder = new NpgsqlConnection(directory.Database.Administrator);
        await holder.OpenAsync();
        await using var holding = await holder.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand($"select from unit where id = '{second.Id()}' for update", holder);
        await hold.ExecuteNonQueryAsync();

        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync(() => directory.Database.ScalarAsync<bool>("select exists (select from pg_locks where not granted and locktype = 'transactionid')"));
        directory.DatabaseLink.Cut();
        (await directory.Database.ScalarAsync<string>($"select name from unit where id = '{first.Id()}'")).ShouldBe("Dinas Kesehatan");
        await holding.RollbackAsync();
        directory.DatabaseLink.Mend();

        await BecomesAsync(plan, "Applied");
        await directory.Bus.GetAsync<UnitChanged>(changed => changed.UnitId == first.Id() && changed.Name == "Satu");
        await directory.Bus.GetAsync<UnitChanged>(changed => changed.UnitId == second.Id() && changed.Name == "Dua");
        directory.Bus.Received<UnitChanged>().Count(changed => changed.UnitId == first.Id() && changed.Version > 1).ShouldBe(1);
        (await directory.Database.ScalarAsync<long>($"select count(*) from audit_entry where subject_id = '{first.Id()}'")).ShouldBe(2);
        await directory.AdvanceAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task DIR_6_a_department_of_400_posts_is_merged_into_another()
    {
        var (big, other) = (await directory.UnitAsync(), await directory.UnitAsync());
        await directory.Database.ExecuteAsync($"""
            insert into position (id, code, title, kind, unit_id, version, as_of)
            select gen_random_uuid(), '{big.String("code")}-' || n, 'Staf', 'Staff', '{big.Id()}', 1, '2026-01-01Z' from generate_series(1, 400) n
            """);
        var plan = await (await PlanAsync(
            directory.Clock.GetUtcNow().AddMinutes(1), new { act = "MergeUnits", unitCodes = new[] { big.String("code") }, intoCode = other.String("code") })).ReadAsync();

        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));

        await BecomesAsync(plan, "Applied");
        (await directory.Database.ScalarAsync<long>($"select count(*) from position where unit_id = '{other.Id()}'")).ShouldBe(400);
        (await directory.Database.ScalarAsync<long>($"select count(*) from position_version where unit_id = '{big.Id()}' and valid_to = '{plan.String("effectiveAt")}'")).ShouldBe(400);
    }

    /// <summary>As an exporter would read it; other tests of the run have gauges of the same name.</summary>
    private static long FailedByTheGauge()
    {
        var most = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "platform.reorganisations.failed")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, measured, _, _) => most = Math.Max(most, measured));
        listener.Start();
        listener.RecordObservableInstruments();
        return most;
    }

    private Task<HttpResponseMessage> PlanAsync(DateTimeOffset effectiveAt, params object[] steps) =>
        PostAsync(Reorganisations, new { name = "Penataan", decree = "Perwal 6/2026", effectiveAt, steps });

    private Task<HttpResponseMessage> PostAsync(string path, object request) => directory.Administrator.PostAsJsonAsync(path, request);

    private Task<string> BecomesAsync(JsonElement plan, string status) => Eventually.GetAsync(
        () => directory.Database.ScalarAsync<string>($"select status from reorganisation where id = '{plan.Id()}'"), now => now == status);

    private async Task<string> HealthAsync() =>
        (await directory.Client().GetFromJsonAsync<JsonElement>("/health/ready")).GetProperty("checks").GetProperty("reorganisations").String("status");

    private async Task<JsonElement> AssignAsync(JsonElement official, JsonElement position, string? from = null)
    {
        var answer = await directory.Administrator.PostAsJsonAsync(
            "/api/directory/assignments", new { employeeNumber = official.String("employeeNumber"), positionCode = position.String("code"), from });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return await answer.ReadAsync();
    }

    private async Task<string> UnitOfAsync(JsonElement position, string asOf) => (await FirstAsync($"positions?code={position.String("code")}&asOf={asOf}")).String("unitCode");

    private async Task<string> HolderAsync(JsonElement position, string asOf) =>
        (await FirstAsync($"assignments?positionCode={position.String("code")}&asOf={asOf}")).String("employeeNumber");

    private async Task<JsonElement> FirstAsync(string path) =>
        (await directory.Administrator.GetFromJsonAsync<JsonElement>($"/api/directory/{path}")).GetProperty("items")[0];
}
