using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Testing;

namespace Directory.Tests.Restructuring;

public sealed class ReorganisationTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Reorganisations = "/api/directory/reorganisations";

    [Fact]
    public async Task DIR_6_a_reorganisation_takes_effect_at_its_instant_all_together_with_events_and_audit()
    {
        var (city, unit, position) = (await directory.UnitAsync(), await directory.UnitAsync(), await directory.PositionAsync());
        var code = DirectoryFixture.Fresh("BARU");
        var at = directory.Clock.GetUtcNow().AddHours(1);
        var plan = await PlannedAsync(at,
            new { act = "CreateUnit", code, name = "Dinas Baru", parentCode = city.String("code") },
            new { act = "RenameUnit", unitCode = unit.String("code"), name = "Dinas Ganti Nama" },
            new { name = "ignored", parentCode = code, unitCode = unit.String("code"), act = "MoveUnit" },
            new { act = "MovePosition", positionCode = position.String("code"), unitCode = code },
            new { act = "RetitlePosition", positionCode = position.String("code"), title = "Kepala Dinas Baru", grade = "II.b" });
        plan.String("status").ShouldBe("Planned");
        await directory.AdvanceAsync(TimeSpan.FromMinutes(59));
        (await StatusAsync(plan)).ShouldBe("Planned");
        (await NowAsync("units", unit)).String("name").ShouldBe("Dinas Kesehatan");

        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));
        await BecomesAsync(plan, "Applied");

        var renamed = await NowAsync("units", unit);
        (renamed.String("name"), renamed.String("parentCode"), renamed.Version()).ShouldBe(("Dinas Ganti Nama", code, 3));
        var moved = await NowAsync("positions", position);
        (moved.String("title"), moved.String("unitCode"), moved.String("grade")).ShouldBe(("Kepala Dinas Baru", code, "II.b"));
        (await directory.Bus.GetAsync<UnitChanged>(changed => changed.UnitId == unit.Id() && changed.Version == 3)).Name.ShouldBe("Dinas Ganti Nama");
        await directory.Bus.GetAsync<PositionChanged>(changed => changed.PositionId == position.Id() && changed.Version == 3);
        var trail = await directory.Administrator.GetFromJsonAsync<JsonElement>($"/api/directory/audit?subjectId={unit.Id()}");
        var act = trail.GetProperty("items")[0];
        (act.String("actor"), act.String("reason")).ShouldBe(("system", "Perwal 5/2026: Penataan Dinas"));
        // It holds since its instant, however late the clock of the service was.
        (await directory.Database.ScalarAsync<DateTime>($"select min(valid_from) from unit_version where unit_id = '{unit.Id()}' and name = 'Dinas Ganti Nama'")).ShouldBe(at.UtcDateTime);
    }

    [Fact]
    public async Task DIR_6_units_are_merged_and_split_and_what_belongs_to_them_follows()
    {
        var (one, other) = (await directory.PositionAsync(), await directory.PositionAsync(DirectoryFixture.Fresh("GABUNG")));
        var (left, right) = (one.String("unitCode"), other.String("unitCode"));
        var below = await directory.UnitAsync(right);
        var (stays, goes) = (await directory.PositionAsync(), await directory.UnitAsync());
        var from = stays.String("unitCode");
        var (code, post) = (DirectoryFixture.Fresh("PECAH"), DirectoryFixture.Fresh("POS"));

        var plan = await PlannedAsync(directory.Clock.GetUtcNow().AddMinutes(1),
            new { act = "MergeUnits", unitCodes = new[] { right }, intoCode = left },
            new { act = "MoveKeyword", fromPositionCode = other.String("code"), toPositionCode = one.String("code") },
            new { act = "ClosePosition", positionCode = other.String("code"), successorCode = one.String("code") },
            new { act = "MoveUnit", unitCode = goes.String("code"), parentCode = from },
            new { act = "CreatePosition", code = post, title = "Sekretaris", unitCode = from, kind = "Staff" },
            new { act = "SplitUnit", unitCode = from, newCode = code, newName = "Dinas Pecahan", positionCodes = new[] { post }, unitCodes = new[] { goes.String("code") } },
            new { act = "ClosePosition", positionCode = stays.String("code"), successorCode = post },
            new { act = "CloseUnit", unitCode = from });
        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));
        await BecomesAsync(plan, "Applied");

        (await FindAsync("units", right)).GetProperty("closedAt").ValueKind.ShouldBe(JsonValueKind.String);
        (await NowAsync("units", below)).String("parentCode").ShouldBe(left);
        var kept = await NowAsync("positions", one);
        kept.String("keyword").ShouldBe(other.String("keyword"));
        var closed = await NowAsync("positions", other);
        (closed.String("unitCode"), closed.GetProperty("keyword").ValueKind).ShouldBe((left, JsonValueKind.Null));
        (await FindAsync("positions", post)).String("unitCode").ShouldBe(code);
        (await NowAsync("units", goes)).String("parentCode").ShouldBe(code);
        (await FindAsync("units", from)).GetProperty("closedAt").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public async Task DIR_6_a_plan_is_tried_at_once_upon_what_is_planned_before_it()
    {
        var code = DirectoryFixture.Fresh("NANTI");
        var create = new { act = "CreateUnit", code, name = "Dinas Nanti" };
        var rename = new { act = "RenameUnit", unitCode = code, name = "Dinas Kemudian" };
        var at = directory.Clock.GetUtcNow().AddDays(1);

        await (await PlanAsync(at.AddHours(1), create, new { act = "RenameUnit", unitCode = "TIDAK-ADA", name = "X" })).ShouldNameAsync("steps[1].unitCode");
        await (await PlanAsync(at.AddHours(1), create, create)).ShouldNameAsync("steps[1]");
        await (await PlanAsync(at.AddHours(1), rename)).ShouldNameAsync("steps[0].unitCode");
        await (await PlanAsync(directory.Clock.GetUtcNow(), create)).ShouldNameAsync("effectiveAt");
        (await directory.Database.ScalarAsync<long>($"select count(*) from unit where code = '{code}'")).ShouldBe(0);

        var first = await PlannedAsync(at, create);
        var second = await PlannedAsync(at.AddHours(1), rename);
        await (await PlanAsync(at.AddHours(2), create)).ShouldNameAsync("steps[0]");
        (await directory.Database.ScalarAsync<long>($"select count(*) from unit where code = '{code}'")).ShouldBe(0);
        foreach (var plan in new[] { second, first })
            (await PostAsync(plan, "cancel", 1)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task DIR_6_what_will_change_is_shown_before_it_does()
    {
        var unit = await directory.UnitAsync();
        var code = DirectoryFixture.Fresh("LIHAT");
        var plan = await PlannedAsync(directory.Clock.GetUtcNow().AddDays(2),
            new { act = "RenameUnit", unitCode = unit.String("code"), name = "Dinas Kelak" }, new { act = "CreateUnit", code, name = "Dinas Lihat", parentCode = unit.String("code") });

        var preview = await directory.Administrator.GetFromJsonAsync<JsonElement>($"{Reorganisations}/{plan.Id()}/preview");
        var changes = preview.GetProperty("changes").EnumerateArray().ToList();
        changes.Select(change => (change.GetProperty("step").GetInt32(), change.String("act"))).ShouldBe([(0, "EditUnit"), (1, "CreateUnit")]);
        changes[0].GetProperty("before").String("name").ShouldBe("Dinas Kesehatan");
        changes[0].GetProperty("after").String("name").ShouldBe("Dinas Kelak");

        (await ItemsAsync($"units?below={unit.String("code")}&asOf={Day(3)}")).Select(item => item.String("name")).ShouldBe(["Dinas Lihat", "Dinas Kelak"], ignoreOrder: true);
        (await ItemsAsync($"units?below={unit.String("code")}&asOf={Day(1)}")).Select(item => item.String("name")).ShouldBe(["Dinas Kesehatan"]);
        (await directory.Database.ScalarAsync<long>($"select version from unit where id = '{unit.Id()}'")).ShouldBe(1);
        directory.Bus.Received<UnitChanged>().ShouldNotContain(changed => changed.UnitId == unit.Id() && changed.Version > 1);
        (await PostAsync(plan, "cancel", 1)).EnsureSuccessStatusCode();
        await (await directory.Administrator.GetAsync($"{Reorganisations}/{plan.Id()}/preview")).ShouldRefuseAsync(HttpStatusCode.Conflict, "reorganisation-over");
    }

    [Fact]
    public async Task DIR_6_a_cancelled_plan_never_takes_effect_and_an_applied_one_is_not_cancelled()
    {
        var unit = await directory.UnitAsync();
        var at = directory.Clock.GetUtcNow().AddMinutes(1);
        var cancelled = await PlannedAsync(at, new { act = "RenameUnit", unitCode = unit.String("code"), name = "Batal" });
        var applied = await PlannedAsync(at, new { act = "RenameUnit", unitCode = unit.String("code"), name = "Jadi" });
        (await (await PostAsync(cancelled, "cancel", 1)).ReadAsync()).String("status").ShouldBe("Cancelled");

        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));
        await BecomesAsync(applied, "Applied");

        (await NowAsync("units", unit)).String("name").ShouldBe("Jadi");
        await (await PostAsync(applied, "cancel", 2)).ShouldRefuseAsync(HttpStatusCode.Conflict, "reorganisation-over");
        await (await PostAsync(cancelled, "retry", 2)).ShouldRefuseAsync(HttpStatusCode.Conflict, "reorganisation-not-failed");
        await (await PostAsync(applied, "cancel", 1)).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        (await ItemsAsync("reorganisations?status=Cancelled")).Select(item => item.Id()).ShouldContain(cancelled.Id());
    }

    [Fact]
    public async Task DIR_6_of_cancelling_and_taking_effect_at_the_same_moment_one_wins()
    {
        var unit = await directory.UnitAsync();
        var plan = await PlannedAsync(directory.Clock.GetUtcNow().AddSeconds(5), new { act = "RenameUnit", unitCode = unit.String("code"), name = "Jadi" });
        directory.Clock.Advance(TimeSpan.FromSeconds(5));

        var answer = await PostAsync(plan, "cancel", 1);

        var status = await Eventually.GetAsync(() => StatusAsync(plan), status => status != "Planned");
        answer.StatusCode.ShouldBe(status == "Cancelled" ? HttpStatusCode.OK : HttpStatusCode.Conflict);
        (await directory.Database.ScalarAsync<string>($"select name from unit where id = '{unit.Id()}'")).ShouldBe(status == "Cancelled" ? "Dinas Kesehatan" : "Jadi");
    }

    [Theory]
    [InlineData("""[]""", "steps")]
    [InlineData("""null""", "steps")]
    [InlineData("""[null]""", "steps[0].act")]
    [InlineData("""[{"act":"DropTable"}]""", "steps[0]")]
    [InlineData("""[{"unitCode":"A","name":"B"}]""", "steps[0].act")]
    [InlineData("""[{"act":"RenameUnit","unitCode":"A"}]""", "steps[0].name")]
    [InlineData("""[{"act":"RenameUnit","unitCode":"A B","name":"X"}]""", "steps[0].unitCode")]
    [InlineData("""[{"act":"CreatePosition","code":"A","title":"T","unitCode":"U","kind":"Emperor"}]""", "steps[0].kind")]
    [InlineData("""[{"act":"CreatePosition","code":"A","title":"T","unitCode":"U"}]""", "steps[0].kind")]
    [InlineData("""[{"act":"MergeUnits","unitCodes":[],"intoCode":"U"}]""", "steps[0].unitCodes")]
    [InlineData("""[{"act":"MergeUnits","unitCodes":["\u0000"],"intoCode":"U"}]""", "steps[0].unitCodes")]
    [InlineData("""[{"act":"MergeUnits","unitCodes":[null],"intoCode":"U"}]""", "steps[0].unitCodes")]
    public async Task DIR_6_garbage_is_refused_by_the_name_of_its_field(string steps, string field)
    {
        using var content = new StringContent(
            $$"""{"name":"Penataan","decree":"1/2026","effectiveAt":"2030-01-01","steps":{{steps}}}""", System.Text.Encoding.UTF8, "application/json");
        await (await directory.Administrator.PostAsync(Reorganisations, content)).ShouldNameAsync(field);
    }

    private string Day(int days) => directory.Clock.GetUtcNow().AddDays(days).UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture);

    private Task<HttpResponseMessage> PlanAsync(DateTimeOffset effectiveAt, params object[] steps) => directory.Administrator.PostAsJsonAsync(
        Reorganisations, new { name = "Penataan Dinas", decree = "Perwal 5/2026", effectiveAt, steps });

    private async Task<JsonElement> PlannedAsync(DateTimeOffset effectiveAt, params object[] steps)
    {
        var answer = await PlanAsync(effectiveAt, steps);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.ReadAsync();
    }

    private Task<HttpResponseMessage> PostAsync(JsonElement plan, string act, long version) =>
        directory.Administrator.PostAsJsonAsync($"{Reorganisations}/{plan.Id()}/{act}", new { version, reason = "Surat Sekda 9/2026" });

    private Task<string> StatusAsync(JsonElement plan) => directory.Database.ScalarAsync<string>($"select status from reorganisation where id = '{plan.Id()}'");

    private Task<string> BecomesAsync(JsonElement plan, string status) => Eventually.GetAsync(() => StatusAsync(plan), now => now == status);

    private Task<JsonElement> NowAsync(string list, JsonElement what) => FindAsync(list, what.String("code"));

    private async Task<JsonElement> FindAsync(string list, string code) => (await ItemsAsync($"{list}?code={code}")).Single();

    private async Task<List<JsonElement>> ItemsAsync(string path) =>
        [.. (await directory.Administrator.GetFromJsonAsync<JsonElement>($"/api/directory/{path}")).GetProperty("items").EnumerateArray()];
}
