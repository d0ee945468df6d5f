using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Directory.Tests.Import;
using Directory.Tests.Testing;

namespace Directory.Tests.Accounts;

/// <summary>The first administrator is the only one: every way that would close him is refused, and undone as a whole.</summary>
public sealed class ClosedAdministratorTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>, IAsyncLifetime
{
    private const string Administrators = "account where enabled and 'Administrator' = any(roles)";

    private DateTimeOffset Now => directory.Clock.GetUtcNow();

    // One test makes a second administrator.
    public async ValueTask InitializeAsync()
    {
        await directory.Database.ExecuteAsync($"update account set roles = '{{}}' where user_login <> '{DirectoryFixture.AdminLogin}'");
        await directory.SignInAdministratorAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task DIR_2_the_last_administrator_does_not_get_a_first_assignment_that_only_begins_later()
    {
        var (own, post) = (await OwnOfficialAsync(), await directory.PositionAsync());
        object later = new { employeeNumber = own.String("employeeNumber"), positionCode = post.String("code"), from = Now.AddDays(1) };
        await ShouldRefuseAsync(directory.PostAsync("assignments", later));
        using var keyed = new HttpRequestMessage(HttpMethod.Post, "/api/directory/assignments") { Content = JsonContent.Create(later) };
        keyed.Headers.Add("Idempotency-Key", $"{Guid.CreateVersion7()}");
        await ShouldRefuseAsync(directory.Administrator.SendAsync(keyed));
        (await directory.ItemsAsync($"assignments?employeeNumber={own.String("employeeNumber")}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task DIR_2_what_the_last_administrator_holds_is_not_ended_corrected_released_or_closed_at_once()
    {
        var (own, post) = (await OwnOfficialAsync(), await directory.PositionAsync());
        var held = await directory.HolderAsync(own, post, Now.AddDays(-1));
        await ShouldRefuseAsync(directory.PostAsync($"assignments/{held.Id()}/end", new { version = 1, to = Now }));
        await ShouldRefuseAsync(directory.PostAsync($"assignments/{held.Id()}/correction", new { version = 1, from = Now.AddDays(1), to = (DateTimeOffset?)null, reason = "Salah tanggal" }));
        await ShouldRefuseAsync(directory.PostAsync($"officials/{own.Id()}/release", new { version = own.Version(), at = Now, reason = "Pensiun" }));
        await ShouldRefuseAsync(directory.PostAsync($"positions/{post.Id()}/close", new { version = 1 }));

        var untouched = (await directory.ItemsAsync($"assignments?employeeNumber={own.String("employeeNumber")}")).Single();
        (untouched.Version(), untouched.GetProperty("to").ValueKind).ShouldBe((1, JsonValueKind.Null));
        // What lies ahead is the clock's: it is said, not refused.
        await directory.PostAsync($"assignments/{held.Id()}/end", new { version = 1, to = Now.AddDays(3) }).DoneAsync();
    }

    [Fact]
    public async Task DIR_2_the_last_administrator_acts_until_somebody_else_can_administer()
    {
        var (own, post, next) = (await OwnOfficialAsync(), await directory.PositionAsync(), await directory.OfficialAsync());
        await directory.HolderAsync(own, post, Now.AddDays(-1), kind: "Plt", orderNumber: "1/2026");
        await ShouldRefuseAsync(directory.PostAsync("assignments", new { employeeNumber = next.String("employeeNumber"), positionCode = post.String("code") }));
        (await directory.ItemsAsync($"assignments?employeeNumber={next.String("employeeNumber")}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task DIR_2_the_exception_of_the_last_administrator_is_not_ended()
    {
        var own = await OwnOfficialAsync($"open_until = '{Now.AddDays(9):O}'");
        await directory.HolderAsync(own, await directory.PositionAsync(), Now.AddDays(-2), Now.AddDays(-1));
        await ShouldRefuseAsync(EditAsync(new { openUntil = Now.AddSeconds(-1) }));
        await ShouldRefuseAsync(EditAsync(new { enabled = false }));
        await ShouldRefuseAsync(EditAsync(new { roles = new[] { "Chair" } }));
    }

    [Fact]
    public async Task DIR_2_the_last_administrator_is_not_named_after_somebody_who_holds_nothing_now()
    {
        var (gone, later) = (await directory.OfficialAsync(), await directory.OfficialAsync());
        await directory.HolderAsync(gone, await directory.PositionAsync(), Now.AddDays(-2), Now.AddDays(-1));
        await directory.HolderAsync(later, await directory.PositionAsync(), Now.AddDays(1));
        await directory.Database.ExecuteAsync($"update account set official_id = null where user_login = '{DirectoryFixture.AdminLogin}'");
        foreach (var official in new[] { gone, later })
            await ShouldRefuseAsync(EditAsync(new { employeeNumber = official.String("employeeNumber") }));
    }

    [Theory]
    [InlineData("2030-01-01;", "3 mulai")]
    [InlineData("2010-01-01;2011-01-01", "3 sampai")]
    public async Task DIR_2_an_import_does_not_close_the_last_administrator_and_its_dry_run_says_so_at_the_row(string held, string place)
    {
        var (own, posts) = (await OwnOfficialAsync(), new[] { await directory.PositionAsync(), await directory.PositionAsync() });
        var row = $"{own.String("employeeNumber")};{posts[0].String("code")};{held};;\n";
        foreach (var dryRun in new[] { true, false })
        {
            var tried = await ImportAsync($"{own.String("employeeNumber")};{posts[1].String("code")};2000-01-01;2001-01-01;;\n{row}", dryRun);
            Importing.Found(tried).ShouldBe([$"riwayat jabatan {place} last-administrator"]);
            tried.String("state").ShouldBe(dryRun ? "Done" : "Refused");
        }

        (await directory.ItemsAsync($"assignments?employeeNumber={own.String("employeeNumber")}")).ShouldBeEmpty();
        // A row that keeps him is no less one because it is wrong otherwise.
        Importing.Found(await ImportAsync($"{row}{own.String("employeeNumber")};{posts[1].String("code")};2000-01-01;;Plt;\n", dryRun: true)).ShouldBe(["riwayat jabatan 3 nomor sk order-number-missing"]);
        Importing.Found(await ImportAsync($"{row}{own.String("employeeNumber")};{posts[1].String("code")};kemarin;;;\n", dryRun: true)).ShouldBe(["riwayat jabatan 3 mulai import-date"]);
        (await ImportAsync($"{row}{own.String("employeeNumber")};{posts[1].String("code")};2000-01-01;;;\n", dryRun: false)).String("state").ShouldBe("Done");
    }

    [Fact]
    public async Task DIR_2_an_import_may_close_an_administrator_where_another_stays()
    {
        var (own, post, other) = (await OwnOfficialAsync(), await directory.PositionAsync(), await directory.OfficialAsync());
        var account = await directory.AccountAsync(DirectoryFixture.AdminPassword, other.String("employeeNumber"), "Administrator");
        await directory.SignedInAsync(account.String("userLogin"), DirectoryFixture.AdminPassword);
        string Row(JsonElement official) => $"{official.String("employeeNumber")};{post.String("code")};2010-01-01;{(official.Id() == own.Id() ? 2011 : 2010)}-02-01;{(official.Id() == own.Id() ? ";" : "Plt;1/2010")}\n";

        Importing.Found(await ImportAsync(Row(other), dryRun: true)).ShouldBeEmpty();
        Importing.Found(await ImportAsync(Row(other) + Row(own), dryRun: true)).ShouldBe(["riwayat jabatan 2 sampai last-administrator", "riwayat jabatan 3 sampai last-administrator"]);
    }

    [Fact]
    public async Task DIR_2_of_two_administrators_who_end_each_others_assignment_at_once_one_stays()
    {
        var first = await directory.HolderAsync(await OwnOfficialAsync(), await directory.PositionAsync(), Now.AddDays(-1));
        var official = await directory.OfficialAsync();
        var second = await directory.HolderAsync(official, await directory.PositionAsync(), Now.AddDays(-1));
        var account = await directory.AccountAsync(DirectoryFixture.AdminPassword, official.String("employeeNumber"), "Administrator");
        var other = await directory.SignedInAsync(account.String("userLogin"), DirectoryFixture.AdminPassword);

        var answers = await Task.WhenAll(
            directory.PostAsync($"assignments/{second.Id()}/end", new { version = 1, to = Now }),
            other.PostAsJsonAsync($"/api/directory/assignments/{first.Id()}/end", new { version = 1, to = Now }));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        await answers.Single(answer => answer.StatusCode != HttpStatusCode.OK).ShouldRefuseAsync(HttpStatusCode.Conflict, "last-administrator");
        await Eventually.TrueAsync(() => directory.Database.ScalarAsync<bool>($"select count(*) = 1 from {Administrators}"));
        // For the other tests the first one is the one that stays.
        await directory.Database.ExecuteAsync($"update account set enabled = true, official_id = null where user_login = '{DirectoryFixture.AdminLogin}'");
    }

    /// <summary>A new official, whose the administrator's account is from now on.</summary>
    private async Task<JsonElement> OwnOfficialAsync(string alsoSet = "open_until = null")
    {
        var official = await directory.OfficialAsync();
        await directory.Database.ExecuteAsync($"update account set official_id = '{official.Id()}', {alsoSet} where user_login = '{DirectoryFixture.AdminLogin}'");
        return official;
    }

    private Task<JsonElement> ImportAsync(string rows, bool dryRun) =>
        directory.ImportAsync(Encoding.UTF8.GetBytes($"nip;kode jabatan;mulai;sampai;status;nomor sk\n{rows}"), dryRun, "riwayat jabatan");

    private async Task<HttpResponseMessage> EditAsync(object change)
    {
        var account = await directory.AccountNowAsync(DirectoryFixture.AdminLogin);
        var request = JsonSerializer.SerializeToNode(change)!.AsObject();
        request["version"] = account.Version();
        return await directory.Administrator.PatchAsJsonAsync($"/api/directory/accounts/{account.Id()}", request);
    }

    private async Task ShouldRefuseAsync(Task<HttpResponseMessage> act)
    {
        await (await act).ShouldRefuseAsync(HttpStatusCode.Conflict, "last-administrator");
        (await directory.Administrator.GetAsync("/api/directory/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
