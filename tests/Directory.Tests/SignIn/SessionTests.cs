using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Directory.SignIn;
using Directory.Tests.Testing;

namespace Directory.Tests.SignIn;

public sealed class SessionTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Own = "/api/directory/me/sessions";
    private const string Password = "kata sandi pertama";

    [Fact]
    public async Task PLT_4_everybody_sees_where_he_is_signed_in_and_ends_what_he_does_not_recognise()
    {
        var login = (await directory.AccountAsync(Password, null, "Secretary")).String("userLogin");
        var (here, _) = await StartAsync(login, "Mozilla/5.0 (Linux; Android 15)");
        var (there, thereTokens) = await StartAsync(login, new string('x', 300));

        var sessions = await ItemsAsync(here);

        sessions.Count.ShouldBe(2);
        sessions[1].GetProperty("isCurrent").GetBoolean().ShouldBeTrue();
        (sessions[1].String("device"), sessions[1].String("fromAddress")).ShouldBe(("Mozilla/5.0 (Linux; Android 15)", "127.0.0.0/24"));
        sessions[0].String("device").Length.ShouldBe(200);
        (await here.DeleteAsync($"{Own}/{sessions[0].Id()}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Eventually.TrueAsync(async () => (await there.GetAsync(Own)).StatusCode == HttpStatusCode.Unauthorized, seconds: 5);
        (await RefreshAsync(thereTokens)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await ItemsAsync(here)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task PLT_4_nobody_sees_or_ends_the_sessions_of_others()
    {
        var (mine, _) = await StartAsync((await directory.AccountAsync(Password, null, "Secretary")).String("userLogin"));
        var (theirs, tokens) = await StartAsync((await directory.AccountAsync(Password, null, "Secretary")).String("userLogin"));
        var id = (await ItemsAsync(theirs)).Single().Id();

        await (await mine.DeleteAsync($"{Own}/{id}")).ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");
        (await mine.DeleteAsync(Own)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await RefreshAsync(tokens)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task PLT_4_signing_out_everywhere_ends_all_sessions_and_a_refresh_shows_when_one_was_used()
    {
        var login = (await directory.AccountAsync(Password, null, "Secretary")).String("userLogin");
        var (one, tokens) = await StartAsync(login);
        var (other, _) = await StartAsync(login);
        directory.Clock.Advance(TimeSpan.FromSeconds(20));
        tokens = await (await RefreshAsync(tokens)).ReadAsync();
        var used = (await ItemsAsync(one)).Single(session => session.GetProperty("isCurrent").GetBoolean());
        used.GetProperty("lastUsedAt").GetDateTimeOffset().ShouldBe(directory.Clock.GetUtcNow());
        used.GetProperty("startedAt").GetDateTimeOffset().ShouldBe(directory.Clock.GetUtcNow().AddSeconds(-20));

        (await one.DeleteAsync(Own)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        foreach (var client in new[] { one, other })
            await Eventually.TrueAsync(async () => (await client.GetAsync(Own)).StatusCode == HttpStatusCode.Unauthorized, seconds: 5);
        (await RefreshAsync(tokens)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task PLT_4_the_administrator_ends_all_sessions_of_somebody_and_says_why()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");
        var (client, _) = await StartAsync(account.String("userLogin"));
        var end = $"/api/directory/accounts/{account.Id()}/sessions/end";
        await (await client.PostAsJsonAsync(end, new { reason = "Telepon hilang" })).ShouldRefuseAsync(HttpStatusCode.Forbidden, "forbidden");
        await (await directory.Administrator.PostAsJsonAsync(end, new { reason = "" })).ShouldNameAsync("reason");

        (await directory.Administrator.PostAsJsonAsync(end, new { reason = "Telepon hilang" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await Eventually.TrueAsync(async () => (await client.GetAsync(Own)).StatusCode == HttpStatusCode.Unauthorized, seconds: 5);
        (await directory.SignInAsync(account.String("userLogin"), Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await directory.Database.ScalarAsync<string>(
            $"select reason from audit_content c join audit_entry e on e.id = c.entry_id where act = 'EndSessionsOfAccount' and subject_id = '{account.Id()}'")).ShouldBe("Telepon hilang");
    }

    [Fact]
    public async Task DIR_9_who_ends_his_sessions_or_begins_an_authenticator_is_in_the_trail_with_when_and_from_where()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");
        var login = account.String("userLogin");
        var (here, _) = await StartAsync(login);
        var (there, tokens) = await StartAsync(login);
        (await here.DeleteAsync($"{Own}/{Sid(tokens)}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await here.DeleteAsync($"{Own}/{Sid(tokens)}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await here.PostAsJsonAsync("/api/directory/me/second-factor", new { password = Password })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await here.DeleteAsync("/api/directory/sessions/current")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var (last, _) = await StartAsync(login);
        (await last.DeleteAsync(Own)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var (_, stolen) = await StartAsync(login);
        await RefreshAsync(stolen);
        await RefreshAsync(stolen);
        await RefreshAsync(stolen);

        (await directory.Database.ScalarAsync<string>($"""
            select string_agg(e.act, ',' order by e.at, e.id) from audit_entry e join audit_content c on c.entry_id = e.id
            where e.subject_id = '{account.Id()}' and e.act not in ('CreateAccount', 'StartSession') and c.from_address is not null and e.at = '{directory.Clock.GetUtcNow():O}'
            """)).ShouldBe("EndOwnSession,EnrolSecondFactor,EndSession,SignOutEverywhere,ReuseRefreshToken");
        (await directory.Database.ScalarAsync<long>(
            $"select count(*) from audit_entry where subject_id = '{account.Id()}' and actor = '{account.Id()}' and act in ('EndOwnSession', 'EnrolSecondFactor', 'EndSession', 'SignOutEverywhere')")).ShouldBe(4);
        there.Dispose();
    }

    [Fact]
    public async Task PLT_4_no_session_is_fixed_by_what_a_caller_brings_along()
    {
        var login = (await directory.AccountAsync(Password, null, "Secretary")).String("userLogin");
        var (attacker, known) = await StartAsync((await directory.AccountAsync(Password, null, "Secretary")).String("userLogin"));
        // Signs in on a device that carries somebody else's session.
        attacker.DefaultRequestHeaders.Add("Cookie", $"session={known.String("refreshToken")}");

        var tokens = await (await attacker.PostAsJsonAsync("/api/directory/sessions",
            new { userLogin = login, password = Password, sessionId = Sid(known), refreshToken = known.String("refreshToken") })).ReadAsync();

        Sid(tokens).ShouldNotBe(Sid(known));
        (await ItemsAsync(await ClientAsync(tokens))).Count.ShouldBe(1);
        Sid(await (await RefreshAsync(known)).ReadAsync()).ShouldBe(Sid(known));
        (await ItemsAsync(attacker)).ShouldAllBe(session => session.Id() == Sid(known));
    }

    [Fact]
    public async Task PLT_4_the_owner_changes_his_password_and_goes_on_in_a_new_session()
    {
        const string change = "/api/directory/me/password";
        var login = (await directory.AccountAsync(Password, null, "Secretary")).String("userLogin");
        var (client, before) = await StartAsync(login);
        await (await client.PutAsJsonAsync(change, new { oldPassword = "kata sandi salah", newPassword = "lampu hijau di teras" })).ShouldNameAsync("oldPassword");
        await (await client.PutAsJsonAsync(change, new { oldPassword = Password, newPassword = Password })).ShouldNameAsync("newPassword");
        // However often: who knows the old one is not guessing.
        foreach (var _ in Enumerable.Range(0, 12))
            await (await client.PutAsJsonAsync(change, new { oldPassword = Password, newPassword = "pendek" })).ShouldNameAsync("newPassword");

        var after = await (await client.PutAsJsonAsync(change, new { oldPassword = Password, newPassword = "lampu hijau di teras" })).ReadAsync();

        Sid(after).ShouldNotBe(Sid(before));
        (await RefreshAsync(before)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await RefreshAsync(after)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await directory.SignInAsync(login, "lampu hijau di teras")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task PLT_4_an_open_session_does_not_let_anybody_guess_the_password_and_the_trail_tells_of_it()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");
        var login = account.String("userLogin");
        var (client, _) = await StartAsync(login);
        await Task.WhenAll(Enumerable.Range(0, 11).Select(_ =>
            client.PutAsJsonAsync("/api/directory/me/password", new { oldPassword = "kata sandi salah", newPassword = "lampu hijau di teras" })));
        await (await client.PutAsJsonAsync("/api/directory/me/password", new { oldPassword = Password, newPassword = "lampu hijau di teras" })).ShouldNameAsync("oldPassword");
        (await directory.Database.ScalarAsync<bool>($"select bool_or(act = 'FailedSignIn') and bool_or(act = 'LockAccount') from audit_entry where subject_id = '{account.Id()}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task DIR_2_a_password_of_the_administrators_opens_nothing_but_the_change_of_it()
    {
        var account = await directory.CreatedAsync("accounts", new
        {
            userLogin = DirectoryFixture.Fresh("baru"),
            password = Password,
            employeeNumber = (await directory.OfficialAsync()).String("employeeNumber"),
            roles = Array.Empty<string>(),
        });
        var login = account.String("userLogin");
        var tokens = await (await directory.SignInAsync(login, Password)).ReadAsync();
        tokens.GetProperty("setUp").EnumerateArray().Single().GetString().ShouldBe("Password");
        var client = directory.Client();
        client.Use(tokens.String("accessToken"));
        await (await client.GetAsync(Own)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "not-signed-in");

        var changed = await Eventually.GetAsync(
            () => client.PutAsJsonAsync("/api/directory/me/password", new { oldPassword = Password, newPassword = "lampu hijau di teras" }),
            answer => answer.StatusCode != HttpStatusCode.Unauthorized);

        (await ItemsAsync(await ClientAsync(await changed.ReadAsync()))).Count.ShouldBe(1);
        await directory.Administrator.PutAsJsonAsync($"/api/directory/accounts/{account.Id()}/password", new { version = 2, password = "kata sandi kedua" });
        (await (await directory.SignInAsync(login, "kata sandi kedua")).ReadAsync()).GetProperty("setUp").GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData("203.0.113.77", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.77", "203.0.113.0/24")]
    [InlineData("2001:db8:aa:bb:cc::1", "2001:db8:aa::/48")]
    public void PLT_4_an_address_is_kept_without_the_part_that_names_a_line(string address, string kept) => Device.Mask(IPAddress.Parse(address)).ShouldBe(kept);

    [Fact]
    public void PLT_4_what_a_device_calls_itself_is_one_bounded_readable_line()
    {
        Device.NameOf("Aplikasi\r\n\u0000\u202e uji\t1").ShouldBe("Aplikasi uji1");
        Device.NameOf("\u0000").ShouldBeNull();
    }

    private async Task<(HttpClient Client, JsonElement Tokens)> StartAsync(string login, string device = "uji")
    {
        var client = directory.Client();
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", device);
        var tokens = await (await client.PostAsJsonAsync("/api/directory/sessions", new { userLogin = login, password = Password })).ReadAsync();
        return (await ClientAsync(tokens), tokens);
    }

    private async Task<HttpClient> ClientAsync(JsonElement tokens)
    {
        var client = directory.Client();
        client.Use(tokens.String("accessToken"));
        await Eventually.TrueAsync(async () => (await client.GetAsync(Own)).IsSuccessStatusCode);
        return client;
    }

    private Task<HttpResponseMessage> RefreshAsync(JsonElement tokens) =>
        directory.Client().PostAsJsonAsync("/api/directory/sessions/refresh", new { refreshToken = tokens.String("refreshToken") });

    private static async Task<List<JsonElement>> ItemsAsync(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>(Own)).GetProperty("items").EnumerateArray()];

    private static Guid Sid(JsonElement tokens) =>
        JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(tokens.String("accessToken").Split('.')[1])).RootElement.GetProperty("sid").GetGuid();
}
