using System.Net;
using System.Net.Http.Json;
using Directory.Tests.Testing;

namespace Directory.Tests.SignIn;

/// <summary>Apart from the others: they move the clock.</summary>
public sealed class LockoutTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>, IAsyncLifetime
{
    private const string Password = "kata sandi pertama";

    public async ValueTask InitializeAsync() => await directory.SignInAdministratorAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task PLT_4_ten_failures_lock_an_account_for_a_quarter_of_an_hour_also_when_they_come_at_once()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");
        var login = account.String("userLogin");

        var answers = await Task.WhenAll(Enumerable.Range(0, 14).Select(_ => directory.SignInAsync(login, "kata sandi salah")));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Unauthorized);
        // The first and the tenth are in the trail, not each, and that the account was locked.
        (await ActsAsync(account)).ShouldBe("CreateAccount,FailedSignIn,FailedSignIn,LockAccount");
        (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        directory.Clock.Advance(TimeSpan.FromMinutes(14));
        (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        directory.Clock.Advance(TimeSpan.FromMinutes(2));
        (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ActsAsync(account)).ShouldEndWith(",StartSession");
    }

    [Fact]
    public async Task PLT_4_a_success_forgets_the_failures_before_it()
    {
        var login = (await directory.AccountAsync(Password, null, "Secretary")).String("userLogin");
        foreach (var _ in Enumerable.Range(0, 2))
        {
            foreach (var __ in Enumerable.Range(0, 9))
                await directory.SignInAsync(login, "kata sandi salah");
            (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task DIR_2_another_password_unlocks_the_account()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");
        foreach (var _ in Enumerable.Range(0, 10))
            await directory.SignInAsync(account.String("userLogin"), "kata sandi salah");
        (await directory.AccountNowAsync(account.String("userLogin"))).GetProperty("lockedUntil").ValueKind.ShouldNotBe(System.Text.Json.JsonValueKind.Null);

        await directory.Administrator.PutAsJsonAsync($"/api/directory/accounts/{account.Id()}/password", new { version = 1, password = "kata sandi kedua" });

        (await directory.SignInAsync(account.String("userLogin"), "kata sandi kedua")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task DIR_2_the_administrator_unlocks_an_account_and_its_password_stays()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");
        var login = account.String("userLogin");
        await (await UnlockAsync(account.Id(), 1)).ShouldRefuseAsync(HttpStatusCode.Conflict, "account-not-locked");
        foreach (var _ in Enumerable.Range(0, 10))
            await directory.SignInAsync(login, "kata sandi salah");
        (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await (await directory.PostAsync($"accounts/{account.Id()}/unlock", new { version = 1 })).ShouldNameAsync("reason");

        (await UnlockAsync(account.Id(), 1).DoneAsync()).GetProperty("lockedUntil").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);

        (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var entry = (await directory.ItemsAsync($"audit?subjectId={account.Id()}&act=UnlockAccount")).Single();
        (entry.String("reason"), entry.String("actorLogin")).ShouldBe(("Pemilik salah ketik", DirectoryFixture.AdminLogin));
        // As many tries as before, not one.
        foreach (var _ in Enumerable.Range(0, 9))
            await directory.SignInAsync(login, "kata sandi salah");
        (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task DIR_2_nobody_unlocks_his_own_account()
    {
        var own = await directory.AccountNowAsync(DirectoryFixture.AdminLogin);
        await directory.Database.ExecuteAsync($"update account set lockout_end = '2099-01-01Z' where id = '{own.Id()}'");
        await (await UnlockAsync(own.Id(), own.Version())).ShouldRefuseAsync(HttpStatusCode.Conflict, "own-account");
        await directory.Database.ExecuteAsync($"update account set lockout_end = null where id = '{own.Id()}'");
    }

    private Task<HttpResponseMessage> UnlockAsync(Guid id, long version) => directory.PostAsync($"accounts/{id}/unlock", new { version, reason = "Pemilik salah ketik" });

    private Task<string> ActsAsync(System.Text.Json.JsonElement account) =>
        directory.Database.ScalarAsync<string>($"select string_agg(act, ',' order by at, act) from audit_entry where subject_id = '{account.Id()}'");
}

public sealed class SessionLimitTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Password = "kata sandi pertama";

    [Fact]
    public async Task PLT_4_an_access_token_ends_after_five_minutes_and_a_session_after_a_day_unused()
    {
        await directory.SignInAdministratorAsync();
        var login = (await directory.AccountAsync(Password, null, "Secretary")).String("userLogin");
        var tokens = await (await directory.SignInAsync(login, Password)).ReadAsync();
        var client = await directory.SignedInAsync(login, Password);

        directory.Clock.Advance(TimeSpan.FromMinutes(6));
        (await client.GetAsync("/api/directory/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var refreshed = await (await RefreshAsync(tokens.String("refreshToken"))).ReadAsync();

        directory.Clock.Advance(TimeSpan.FromHours(25));
        await (await RefreshAsync(refreshed.String("refreshToken"))).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "session-over");
    }

    [Fact]
    public async Task PLT_4_a_session_ends_after_two_weeks_however_busy()
    {
        await directory.SignInAdministratorAsync();
        var account = await directory.AccountAsync(Password, null, "Secretary");
        var tokens = await (await directory.SignInAsync(account.String("userLogin"), Password)).ReadAsync();
        foreach (var _ in Enumerable.Range(0, 16))
        {
            directory.Clock.Advance(TimeSpan.FromHours(20));
            tokens = await (await RefreshAsync(tokens.String("refreshToken"))).ReadAsync();
        }

        directory.Clock.Advance(TimeSpan.FromHours(17));
        await (await RefreshAsync(tokens.String("refreshToken"))).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "session-over");
    }

    private Task<HttpResponseMessage> RefreshAsync(string refreshToken) =>
        directory.Client().PostAsJsonAsync("/api/directory/sessions/refresh", new { refreshToken });
}

/// <summary>A few passwords at each of many logins lock no account.</summary>
public sealed class SprayingTests(ShortOfPatience directory) : IClassFixture<ShortOfPatience>
{
    private const string Password = "kata sandi pertama";

    [Fact]
    public async Task PLT_4_whoever_tries_many_logins_from_one_network_is_stopped_and_nobody_elsewhere()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");
        var login = account.String("userLogin");
        foreach (var n in Enumerable.Range(0, ShortOfPatience.Failures))
            (await FromAsync($"2001:db8:1:1::{n:x}", n % 2 == 0 ? login : DirectoryFixture.Fresh("tidak-ada"), "kata sandi salah")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        foreach (var tried in new[] { login, DirectoryFixture.Fresh("tidak-ada") })
            await (await FromAsync("2001:db8:1:1:ffff::1", tried, Password)).ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "too-many-failures");
        (await FromAsync("2001:db8:1:2::1", login, Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await directory.Database.ScalarAsync<long>(
            "select count(*) from audit_entry e join audit_content c on c.entry_id = e.id where act = 'LockNetwork' and c.from_address like '2001:db8:1:1:%'")).ShouldBe(1);

        directory.Clock.Advance(TimeSpan.FromHours(1));
        (await FromAsync("2001:db8:1:1::1", login, Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private Task<HttpResponseMessage> FromAsync(string address, string userLogin, string password)
    {
        var client = directory.Client();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return client.PostAsJsonAsync("/api/directory/sessions", new { userLogin, password });
    }
}

public sealed class ShortOfPatience : DirectoryFixture
{
    public const int Failures = 6;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [.. base.Settings, new("SignIns:FailuresPerAddressAndHour", $"{Failures}")];
}
