using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Testing;

namespace Directory.Tests.SignIn;

public sealed class SignInTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Sessions = "/api/directory/sessions";
    private const string Password = "kata sandi pertama";

    [Fact]
    public async Task PLT_4_sign_in_gives_an_access_token_of_five_minutes_and_a_refresh_token()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");

        var tokens = await (await directory.SignInAsync(account.String("userLogin"), Password)).ReadAsync();

        tokens.GetProperty("expiresAt").GetDateTimeOffset().ShouldBe(directory.Clock.GetUtcNow().AddMinutes(5));
        tokens.EnumerateObject().Select(property => property.Name).ShouldBe(["accessToken", "refreshToken", "expiresAt", "setUp"], ignoreOrder: true);
        var stored = await directory.Database.ScalarAsync<long>($"select count(*) from refresh_token where hash = sha256('{tokens.String("refreshToken")}')");
        stored.ShouldBe(1);
    }

    [Fact]
    public async Task PLT_4_unknown_login_wrong_password_locked_closed_and_without_a_password_are_told_apart_by_nobody()
    {
        var wrong = await directory.AccountAsync(Password, null, "Secretary");
        var locked = await directory.AccountAsync(Password, null, "Secretary");
        await directory.Database.ExecuteAsync($"update account set lockout_end = '2099-01-01Z' where id = '{locked.Id()}'");
        var disabled = await directory.AccountAsync(Password, null, "Secretary");
        await directory.Administrator.PatchAsJsonAsync($"/api/directory/accounts/{disabled.Id()}", new { version = 1, enabled = false });
        var without = await directory.CreatedAsync("accounts", new { userLogin = DirectoryFixture.Fresh("tanpa"), roles = Array.Empty<string>() });
        var before = await directory.AccountAsync(Password, await directory.HolderAsync(from: directory.Clock.GetUtcNow().AddDays(1)));

        var answers = new[]
        {
            await directory.SignInAsync("tidak-ada", Password),
            await directory.SignInAsync(wrong.String("userLogin"), "kata sandi salah"),
            await directory.SignInAsync(locked.String("userLogin"), Password),
            await directory.SignInAsync(disabled.String("userLogin"), Password),
            await directory.SignInAsync(without.String("userLogin"), Password),
            await directory.SignInAsync(before.String("userLogin"), Password),
        };

        foreach (var answer in answers)
            await answer.ShouldRefuseAsync(HttpStatusCode.Unauthorized, "sign-in-failed");
        var bodies = await Task.WhenAll(answers.Select(async answer =>
        {
            var body = await answer.ReadAsync();
            return string.Join('|', body.EnumerateObject().Where(property => property.Name != "traceId").Select(property => property.ToString()));
        }));
        bodies.Distinct().Count().ShouldBe(1);
        answers.Select(answer => string.Join(',', answer.Headers.Select(header => header.Key))).Distinct().Count().ShouldBe(1);
    }

    [Theory]
    [InlineData("""{}""", "userLogin")]
    [InlineData("""{"userLogin":"admin"}""", "password")]
    [InlineData("""{"userLogin":"admin\u0000","password":"x"}""", "userLogin")]
    [InlineData("""{"userLogin":["admin"],"password":"x"}""", "userLogin")]
    [InlineData("""{"userLogin":"admin","password":"x","code":"123456789012345678901234567890123"}""", "code")]
    public async Task PLT_4_garbage_at_the_door_is_refused_by_the_name_of_its_field(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        await (await directory.Client().PostAsync(Sessions, content)).ShouldNameAsync(field);
    }

    [Fact]
    public async Task PLT_4_a_giant_password_is_not_hashed() =>
        await (await directory.SignInAsync("admin", new string('x', 129))).ShouldNameAsync("password");

    [Fact]
    public async Task PLT_4_a_megabyte_at_the_door_is_too_large() =>
        await (await directory.SignInAsync("admin", new string('x', 1 << 20))).ShouldRefuseAsync(HttpStatusCode.RequestEntityTooLarge, "too-large");

    [Fact]
    public async Task PLT_4_a_refresh_token_is_changed_for_a_new_pair_and_works_once()
    {
        var first = await StartedAsync();

        var second = await (await RefreshAsync(first)).ReadAsync();
        second.String("refreshToken").ShouldNotBe(first.String("refreshToken"));
        (await RefreshAsync(second)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task PLT_4_what_another_process_revokes_without_a_bell_everybody_hears_with_the_next_heartbeat()
    {
        var client = await ClientAsync(await StartedAsync());
        var session = await directory.Database.ScalarAsync<Guid>("select id from session order by started_at desc, id desc limit 1");

        await directory.Database.ExecuteAsync($"update session set revoked_at = '{directory.Clock.GetUtcNow():O}' where id = '{session}'");

        await Eventually.TrueAsync(() => Task.FromResult(directory.Bus.Received<SignInStatePublished>().Any(state => state.RevokedSessions.Contains(session))), seconds: 4);
        await Eventually.TrueAsync(async () => (await client.GetAsync("/api/directory/me")).StatusCode == HttpStatusCode.Unauthorized, seconds: 5);
    }

    [Fact]
    public async Task PLT_4_a_used_refresh_token_that_comes_again_ends_the_session()
    {
        var first = await StartedAsync();
        var second = await (await RefreshAsync(first)).ReadAsync();
        var client = await ClientAsync(second);

        await (await RefreshAsync(first)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "session-over");

        await (await RefreshAsync(second)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "session-over");
        await Eventually.TrueAsync(async () => (await client.GetAsync("/api/directory/me")).StatusCode == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task PLT_4_two_refreshes_at_once_with_one_token_make_one_pair()
    {
        var first = await StartedAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => RefreshAsync(first)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized).ShouldBe(11);
        (await directory.Database.ScalarAsync<long>($"""
            select count(*) from refresh_token where used_at is null
              and session_id = (select session_id from refresh_token where hash = sha256('{first.String("refreshToken")}'))
            """)).ShouldBe(1);
    }

    [Theory]
    [InlineData("tidak-ada")]
    [InlineData("\u0000")]
    public async Task PLT_4_a_refresh_token_nobody_gave_out_is_refused(string refreshToken) =>
        await (await directory.Client().PostAsJsonAsync($"{Sessions}/refresh", new { refreshToken })).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "session-over");

    [Fact]
    public async Task PLT_4_a_disabled_account_refreshes_nothing()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");
        var tokens = await (await directory.SignInAsync(account.String("userLogin"), Password)).ReadAsync();
        await directory.Administrator.PatchAsJsonAsync($"/api/directory/accounts/{account.Id()}", new { version = 1, enabled = false });
        await (await RefreshAsync(tokens)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "session-over");
    }

    [Fact]
    public async Task PLT_4_a_sign_in_at_the_moment_of_disabling_leaves_no_session_behind()
    {
        foreach (var _ in Enumerable.Range(0, 8))
        {
            var account = await directory.AccountAsync(Password, null, "Secretary");
            var signIns = Enumerable.Range(0, 4).Select(_ => directory.SignInAsync(account.String("userLogin"), Password)).ToList();
            var disable = directory.Administrator.PatchAsJsonAsync($"/api/directory/accounts/{account.Id()}", new { version = 1, enabled = false });
            await Task.WhenAll([disable, .. signIns]);
            (await disable).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await directory.Database.ScalarAsync<long>($"select count(*) from session where account_id = '{account.Id()}' and revoked_at is null")).ShouldBe(0);
        }
    }

    [Fact]
    public async Task PLT_4_a_refresh_carries_the_roles_of_now()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");
        var tokens = await (await directory.SignInAsync(account.String("userLogin"), Password)).ReadAsync();
        await directory.Database.ExecuteAsync($"update account set roles = '{"{Secretary}"}' where id = '{account.Id()}'");
        var claims = Claims(await (await RefreshAsync(tokens)).ReadAsync());
        claims.GetProperty("roles")[0].GetString().ShouldBe("Secretary");
    }

    [Fact]
    public async Task PLT_4_signing_out_is_obeyed_by_every_instance_and_told_to_every_service()
    {
        await directory.StartInstanceAsync();
        var tokens = await StartedAsync();
        var here = await ClientAsync(tokens);
        var there = await ClientAsync(tokens, instance: 1);

        (await here.DeleteAsync($"{Sessions}/current")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        foreach (var client in new[] { here, there })
            await Eventually.TrueAsync(async () => (await client.GetAsync("/api/directory/me")).StatusCode == HttpStatusCode.Unauthorized);
        var session = Claims(tokens).GetProperty("sid").GetGuid();
        await directory.Bus.GetAsync<SignInStatePublished>(state => state.RevokedSessions.Contains(session));
        await (await RefreshAsync(tokens)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "session-over");
    }

    [Fact]
    public async Task PLT_4_each_sign_in_is_a_session_of_its_own()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");
        var (one, other) = (await (await directory.SignInAsync(account.String("userLogin"), Password)).ReadAsync(),
            await (await directory.SignInAsync(account.String("userLogin"), Password)).ReadAsync());
        Claims(one).GetProperty("sid").GetGuid().ShouldNotBe(Claims(other).GetProperty("sid").GetGuid());
        await (await ClientAsync(one)).DeleteAsync($"{Sessions}/current");
        (await RefreshAsync(other)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<JsonElement> StartedAsync()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");
        return await (await directory.SignInAsync(account.String("userLogin"), Password)).ReadAsync();
    }

    private Task<HttpResponseMessage> RefreshAsync(JsonElement tokens) =>
        directory.Client().PostAsJsonAsync($"{Sessions}/refresh", new { refreshToken = tokens.String("refreshToken") });

    private async Task<HttpClient> ClientAsync(JsonElement tokens, int instance = 0)
    {
        var client = directory.Client(instance: instance);
        client.Use(tokens.String("accessToken"));
        await Eventually.TrueAsync(async () => (await client.GetAsync("/api/directory/me")).IsSuccessStatusCode);
        return client;
    }

    private static JsonElement Claims(JsonElement tokens) =>
        JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(tokens.String("accessToken").Split('.')[1])).RootElement;
}
