using System.Net;
using System.Net.Http.Json;
using Directory.Tests.Testing;

namespace Directory.Tests.Accounts;

/// <summary>They turn the clock on.</summary>
public sealed class ClosingTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>, IAsyncLifetime
{
    private const string Password = "kata sandi pertama";

    private DateTimeOffset Now => directory.Clock.GetUtcNow();

    public async ValueTask InitializeAsync() => await directory.SignInAdministratorAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task DIR_6_an_account_closes_with_the_last_assignment_by_itself_and_a_new_one_does_not_open_it()
    {
        var number = await directory.HolderAsync(to: Now.AddMinutes(3));
        await directory.AssignAsync(number, to: Now.AddMinutes(1));
        var login = (await directory.AccountAsync(Password, number)).String("userLogin");
        var client = await directory.SignedInAsync(login, Password);
        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));
        (await client.GetAsync("/api/directory/me")).StatusCode.ShouldBe(HttpStatusCode.OK, "one of two has ended");

        await directory.AdvanceAsync(TimeSpan.FromMinutes(1));

        await Eventually.TrueAsync(async () => (await client.GetAsync("/api/directory/me")).StatusCode == HttpStatusCode.Unauthorized);
        await Eventually.TrueAsync(async () => !(await directory.AccountNowAsync(login)).GetProperty("enabled").GetBoolean());
        await directory.AssignAsync(number);
        (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var account = await directory.AccountNowAsync(login);
        (await directory.Database.ScalarAsync<string>($"select actor from audit_entry where act = 'CloseAccounts' and subject_id = '{account.Id()}'")).ShouldBe("system");
        (await EditAsync(account.Id(), new { version = account.Version(), enabled = true })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task DIR_6_at_the_very_instant_of_the_end_nothing_is_refreshed_or_started_any_more()
    {
        var login = (await directory.AccountAsync(Password, await directory.HolderAsync(to: Now.AddMinutes(2)))).String("userLogin");
        var tokens = await (await directory.SignInAsync(login, Password)).ReadAsync();
        directory.Clock.Advance(TimeSpan.FromMinutes(2));
        var answers = await Task.WhenAll(
            directory.SignInAsync(login, Password),
            directory.Client().PostAsJsonAsync("/api/directory/sessions/refresh", new { refreshToken = tokens.String("refreshToken") }));
        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Unauthorized);
        await directory.SignInAdministratorAsync();
    }

    [Fact]
    public async Task DIR_6_before_the_first_assignment_begins_its_official_signs_in_only_if_the_administrator_says_so()
    {
        var account = await directory.AccountAsync(Password, await directory.HolderAsync(from: Now.AddMinutes(3)));
        var login = account.String("userLogin");
        (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        (await EditAsync(account.Id(), new { version = account.Version(), openUntil = Now.AddMinutes(1), reason = "Serah terima jabatan" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        var client = await directory.SignedInAsync(login, Password);

        await directory.AdvanceAsync(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(async () => (await client.GetAsync("/api/directory/me")).StatusCode == HttpStatusCode.Unauthorized);
        (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));
        (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task DIR_6_the_administrator_keeps_a_closed_account_open_only_with_an_end()
    {
        var login = (await directory.AccountAsync(Password, await directory.HolderAsync(to: Now.AddSeconds(1)))).String("userLogin");
        await directory.AdvanceAsync(TimeSpan.FromSeconds(2));
        await Eventually.TrueAsync(async () => !(await directory.AccountNowAsync(login)).GetProperty("enabled").GetBoolean());
        var account = await directory.AccountNowAsync(login);

        await (await EditAsync(account.Id(), new { version = account.Version(), enabled = true })).ShouldRefuseAsync(HttpStatusCode.Conflict, "holds-no-position");
        await (await EditAsync(account.Id(), new { version = account.Version(), enabled = true, openUntil = Now.AddYears(2) })).ShouldNameAsync("openUntil");
        (await EditAsync(account.Id(), new { version = account.Version(), enabled = true, openUntil = Now.AddMinutes(1) })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync(async () => !(await directory.AccountNowAsync(login)).GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task DIR_6_two_instances_close_an_account_once()
    {
        await directory.StartInstanceAsync();
        var accounts = new List<Guid>();
        foreach (var _ in Enumerable.Range(0, 5))
            accounts.Add((await directory.AccountAsync(Password, await directory.HolderAsync(to: Now.AddMinutes(1)))).Id());
        await directory.AdvanceAsync(TimeSpan.FromMinutes(1));
        var ids = string.Join(',', accounts.Select(id => $"'{id}'"));
        await Eventually.TrueAsync(async () => await directory.Database.ScalarAsync<long>($"select count(*) from account where enabled and id in ({ids})") == 0);
        (await directory.Database.ScalarAsync<long>($"select count(*) from audit_entry where act = 'CloseAccounts' and subject_id in ({ids})")).ShouldBe(5);
    }

    private Task<HttpResponseMessage> EditAsync(Guid id, object change) => directory.Administrator.PatchAsJsonAsync($"/api/directory/accounts/{id}", change);
}
