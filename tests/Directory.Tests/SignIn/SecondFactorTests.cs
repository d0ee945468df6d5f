using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Directory.SignIn;
using Directory.Tests.Testing;

namespace Directory.Tests.SignIn;

public sealed class SecondFactorTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>, IAsyncLifetime
{
    private const string Me = "/api/directory/me";
    private const string Factor = $"{Me}/second-factor";
    private const string Password = "kata sandi pertama";

    // These tests turn the clock on.
    public async ValueTask InitializeAsync() => await directory.SignInAdministratorAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("Administrator")]
    [InlineData("Chair")]
    public async Task PLT_4_who_must_have_a_second_factor_and_has_none_can_only_enrol_it(string role)
    {
        var login = (await directory.AccountAsync(Password, null, role)).String("userLogin");
        var tokens = await (await directory.SignInAsync(login, Password)).ReadAsync();
        tokens.GetProperty("setUp").EnumerateArray().Select(step => step.GetString()).ShouldBe(["SecondFactor"]);
        var claims = Claims(tokens);
        claims.GetProperty("roles").GetArrayLength().ShouldBe(0);
        claims.String("aud").ShouldNotBe("platform");
        var client = await SettingUpAsync(tokens);

        foreach (var path in new[] { Me, $"{Me}/sessions", "/api/directory/accounts", "/api/directory/units" })
            await (await client.GetAsync(path)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "not-signed-in");
        await (await client.DeleteAsync($"{Me}/sessions")).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "not-signed-in");
        var enrolled = await directory.EnrolAsync(client, login, Password);

        var full = enrolled.GetProperty("tokens");
        full.GetProperty("setUp").GetArrayLength().ShouldBe(0);
        Claims(full).GetProperty("roles")[0].GetString().ShouldBe(role);
        (await (await ClientAsync(full)).GetFromJsonAsync<JsonElement>(Me)).GetProperty("twoFactorEnabled").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task PLT_4_who_holds_a_post_that_signs_needs_a_second_factor_from_its_first_instant()
    {
        var (official, post) = (await directory.OfficialAsync(), await directory.PositionAsync());
        await directory.HolderAsync(official, post);
        var login = (await directory.AccountAsync(Password, official.String("employeeNumber"))).String("userLogin");
        (await (await directory.SignInAsync(login, Password)).ReadAsync()).GetProperty("setUp").GetArrayLength().ShouldBe(0);

        var signs = await (await directory.Administrator.PatchAsJsonAsync($"/api/directory/positions/{post.Id()}", new { version = 1, signsDocuments = true })).ReadAsync();

        signs.GetProperty("signsDocuments").GetBoolean().ShouldBeTrue();
        (await directory.Bus.GetAsync<PositionChanged>(told => told.PositionId == post.Id() && told.Version == 2)).SignsDocuments.ShouldBeTrue();
        var tokens = await (await directory.SignInAsync(login, Password)).ReadAsync();
        tokens.GetProperty("setUp").EnumerateArray().Select(step => step.GetString()).ShouldBe(["SecondFactor"]);
        var enrolled = await directory.EnrolAsync(await SettingUpAsync(tokens), login, Password);
        Claims(enrolled.GetProperty("tokens")).GetProperty("roles").EnumerateArray().Select(role => role.GetString()).ShouldBe(["HeadOfUnit", "Official", "Signer"]);

        (await directory.Administrator.PatchAsJsonAsync($"/api/directory/positions/{post.Id()}", new { version = 2, title = "Kepala" })).EnsureSuccessStatusCode();
        (await directory.ItemsAsync($"positions?code={post.String("code")}"))[0].GetProperty("signsDocuments").GetBoolean().ShouldBeTrue("what is left out stays");
        (await directory.ItemsAsync($"positions?code={post.String("code")}&asOf={DirectoryFixture.Query(directory.Clock.GetUtcNow().AddDays(1))}"))[0]
            .GetProperty("signsDocuments").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task PLT_4_enrolling_starts_another_session_and_ends_the_one_before()
    {
        var login = (await directory.AccountAsync(Password, null, "Chair")).String("userLogin");
        var before = await (await directory.SignInAsync(login, Password)).ReadAsync();
        var client = await SettingUpAsync(before);

        var after = (await directory.EnrolAsync(client, login, Password)).GetProperty("tokens");

        Claims(after).GetProperty("sid").GetGuid().ShouldNotBe(Claims(before).GetProperty("sid").GetGuid());
        await (await directory.Client().PostAsJsonAsync("/api/directory/sessions/refresh", new { refreshToken = before.String("refreshToken") }))
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "session-over");
        await Eventually.TrueAsync(
            async () => (await client.PostAsJsonAsync(Factor, new { password = Password })).StatusCode == HttpStatusCode.Unauthorized, seconds: 5);
    }

    [Fact]
    public async Task PLT_4_a_session_that_is_refreshed_before_the_enrolment_stays_limited()
    {
        var login = (await directory.AccountAsync(Password, null, "Chair")).String("userLogin");
        var tokens = await (await directory.SignInAsync(login, Password)).ReadAsync();
        var refreshed = await (await directory.Client().PostAsJsonAsync(
            "/api/directory/sessions/refresh", new { refreshToken = tokens.String("refreshToken") })).ReadAsync();
        Claims(refreshed).GetProperty("roles").GetArrayLength().ShouldBe(0);
        Claims(refreshed).String("aud").ShouldNotBe("platform");
    }

    [Fact]
    public async Task PLT_4_an_account_with_a_second_factor_needs_its_code_and_each_code_counts_once()
    {
        var login = await EnrolledAsync();
        var code = await directory.NextCodeAsync(directory.SecretOf(login));

        await (await directory.SignInAsync(login, Password)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "sign-in-failed");
        await (await directory.SignInAsync(login, Password, "12")).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "sign-in-failed");
        await (await directory.SignInAsync(login, "kata sandi salah", code)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "sign-in-failed");

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => directory.SignInAsync(login, Password, code)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        await (await directory.SignInAsync(login, Password, code)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "sign-in-failed");
        (await directory.SignInAsync(login, Password, await directory.NextCodeAsync(directory.SecretOf(login)))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task PLT_4_a_code_counts_once_over_all_instances()
    {
        await directory.StartInstanceAsync();
        var login = await EnrolledAsync();
        var code = await directory.NextCodeAsync(directory.SecretOf(login));
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(n => directory.SignInAsync(login, Password, code, instance: n % 2)));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
    }

    [Fact]
    public async Task PLT_4_codes_cannot_be_guessed_without_end()
    {
        var login = await EnrolledAsync();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(guess => directory.SignInAsync(login, Password, $"{guess:000000}")));
        await (await directory.SignInAsync(login, Password, await directory.NextCodeAsync(directory.SecretOf(login)))).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "sign-in-failed");
    }

    [Fact]
    public async Task PLT_4_a_recovery_code_replaces_the_authenticator_once_and_leaves_a_trace()
    {
        var account = await directory.AccountAsync(Password, null, "Chair");
        var login = account.String("userLogin");
        var enrolled = await directory.EnrolAsync(await SettingUpAsync(await (await directory.SignInAsync(login, Password)).ReadAsync()), login, Password);
        var codes = enrolled.GetProperty("recoveryCodes").EnumerateArray().Select(code => code.GetString()!).ToList();
        codes.Distinct().Count().ShouldBe(10);
        (await directory.Database.ScalarAsync<long>($"select count(*) from recovery_code where account_id = '{account.Id()}'")).ShouldBe(10);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => directory.SignInAsync(login, Password, codes[3].ToLowerInvariant())));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        (await directory.Database.ScalarAsync<long>($"select count(*) from audit_entry where act = 'UseRecoveryCode' and subject_id = '{account.Id()}'")).ShouldBe(1);
        var client = await ClientAsync(await answers.Single(answer => answer.IsSuccessStatusCode).ReadAsync());
        (await client.GetFromJsonAsync<JsonElement>(Me)).GetProperty("recoveryCodesLeft").GetInt32().ShouldBe(9);
    }

    [Fact]
    public async Task PLT_4_a_secret_is_shown_once_and_stored_encrypted()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");
        var client = await directory.SignedInAsync(account.String("userLogin"), Password);
        await (await client.PostAsJsonAsync(Factor, new { password = "kata sandi salah" })).ShouldNameAsync("password");
        await (await client.PostAsJsonAsync($"{Factor}/confirmation", new { code = "123456" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "second-factor-not-begun");

        var shown = (await (await client.PostAsJsonAsync(Factor, new { password = Password })).ReadAsync()).String("secret");

        var stored = await directory.Database.ScalarAsync<byte[]>($"select secret from second_factor where account_id = '{account.Id()}'");
        stored.AsSpan().IndexOf(Totp.DecodeSecret(shown)).ShouldBe(-1);
        await (await client.PostAsJsonAsync($"{Factor}/confirmation", new { code = "000000" })).ShouldNameAsync("code");
        // Begun, not confirmed: nothing is asked at sign-in, and a first enrolment that went wrong is begun anew.
        (await directory.SignInAsync(account.String("userLogin"), Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await directory.EnrolAsync(client, account.String("userLogin"), Password);
        (await directory.SignInAsync(account.String("userLogin"), Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task PLT_4_a_secret_copied_into_another_account_opens_nothing()
    {
        var (mine, theirs) = (await EnrolledAsync(), await EnrolledAsync());
        await directory.Database.ExecuteAsync($"""
            update second_factor set secret = (select secret from second_factor f join account a on a.id = f.account_id where a.user_login = '{mine}')
            where account_id = (select id from account where user_login = '{theirs}')
            """);
        (await directory.SignInAsync(theirs, Password, await directory.NextCodeAsync(directory.SecretOf(mine)))).IsSuccessStatusCode.ShouldBeFalse();
    }

    [Fact]
    public async Task PLT_4_a_second_factor_is_given_up_only_by_proof_and_the_role_waits_for_the_next()
    {
        var login = await EnrolledAsync();
        var client = await directory.SignedInAsync(login, Password);
        await (await client.PostAsJsonAsync(Factor, new { password = Password })).ShouldRefuseAsync(HttpStatusCode.Conflict, "second-factor-enrolled");
        await (await client.PostAsJsonAsync($"{Factor}/end", new { password = Password, code = "000000" })).ShouldNameAsync("code");
        await (await client.PostAsJsonAsync($"{Factor}/end", new { password = "kata sandi salah", code = await directory.NextCodeAsync(directory.SecretOf(login)) })).ShouldNameAsync("password");

        var answer = await client.PostAsJsonAsync($"{Factor}/end", new { password = Password, code = await directory.NextCodeAsync(directory.SecretOf(login)) });

        var limited = await answer.ReadAsync();
        limited.GetProperty("setUp").EnumerateArray().Single().GetString().ShouldBe("SecondFactor");
        Claims(limited).GetProperty("roles").GetArrayLength().ShouldBe(0);
        (await directory.Database.ScalarAsync<long>(
            $"select count(*) from recovery_code where account_id = (select id from account where user_login = '{login}')")).ShouldBe(0);
        await Eventually.TrueAsync(async () => (await client.GetAsync(Me)).StatusCode == HttpStatusCode.Unauthorized, seconds: 5);
        await directory.EnrolAsync(await SettingUpAsync(limited), login, Password);
    }

    [Fact]
    public async Task PLT_4_the_administrator_resets_a_lost_second_factor_of_others_not_his_own()
    {
        var login = await EnrolledAsync();
        var client = await directory.SignedInAsync(login, Password);
        var (account, own) = (await directory.AccountNowAsync(login), await directory.AccountNowAsync(DirectoryFixture.AdminLogin));

        var answer = await directory.Administrator.PostAsJsonAsync(
            $"/api/directory/accounts/{account.Id()}/second-factor/reset", new { version = account.Version(), reason = "Telepon hilang" });

        (await answer.ReadAsync()).GetProperty("twoFactorEnabled").GetBoolean().ShouldBeFalse();
        await Eventually.TrueAsync(async () => (await client.GetAsync(Me)).StatusCode == HttpStatusCode.Unauthorized, seconds: 5);
        (await (await directory.SignInAsync(login, Password)).ReadAsync()).GetProperty("setUp").GetArrayLength().ShouldBe(1);
        await (await directory.Administrator.PostAsJsonAsync(
            $"/api/directory/accounts/{own.Id()}/second-factor/reset", new { version = own.Version(), reason = "Telepon hilang" }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "own-account");
    }

    [Fact]
    public async Task PLT_4_answers_with_secrets_are_kept_by_nobody()
    {
        var login = (await directory.AccountAsync(Password, null, "Secretary")).String("userLogin");
        var signedIn = await directory.SignInAsync(login, Password);
        var client = await ClientAsync(await signedIn.ReadAsync());
        var begun = await client.PostAsJsonAsync(Factor, new { password = Password });
        var confirmed = await client.PostAsJsonAsync(
            $"{Factor}/confirmation", new { code = await directory.NextCodeAsync(Totp.DecodeSecret((await begun.ReadAsync()).String("secret"))!) });
        var refreshed = await directory.Client().PostAsJsonAsync(
            "/api/directory/sessions/refresh", new { refreshToken = (await confirmed.ReadAsync()).GetProperty("tokens").String("refreshToken") });

        foreach (var answer in new[] { signedIn, begun, confirmed, refreshed })
            (answer.StatusCode, answer.Headers.CacheControl?.NoStore).ShouldBe((HttpStatusCode.OK, true));
    }

    [Fact]
    public async Task PLT_4_a_recovery_code_is_not_used_up_by_a_sign_in_that_fails()
    {
        var account = await directory.AccountAsync(Password, null, "Chair");
        var login = account.String("userLogin");
        var enrolled = await directory.EnrolAsync(await SettingUpAsync(await (await directory.SignInAsync(login, Password)).ReadAsync()), login, Password);
        var code = enrolled.GetProperty("recoveryCodes")[0].GetString()!;
        await directory.Database.ExecuteAsync($"""
            create function no_session() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
            create trigger no_session before insert on session for each row when (new.account_id = '{account.Id()}') execute function no_session();
            """);
        (await directory.SignInAsync(login, Password, code)).IsSuccessStatusCode.ShouldBeFalse();
        await directory.Database.ExecuteAsync("drop trigger no_session on session");

        (await directory.SignInAsync(login, Password, code)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<string> EnrolledAsync()
    {
        var login = (await directory.AccountAsync(Password, null, "Chair")).String("userLogin");
        await directory.SignedInAsync(login, Password);
        return login;
    }

    /// <summary>As soon as the instance knows the key.</summary>
    private async Task<HttpClient> SettingUpAsync(JsonElement tokens)
    {
        var client = directory.Client();
        client.Use(tokens.String("accessToken"));
        await Eventually.TrueAsync(async () => (await client.PostAsJsonAsync(Factor, new { })).StatusCode == HttpStatusCode.BadRequest);
        return client;
    }

    private async Task<HttpClient> ClientAsync(JsonElement tokens)
    {
        var client = directory.Client();
        client.Use(tokens.String("accessToken"));
        await Eventually.TrueAsync(async () => (await client.GetAsync(Me)).IsSuccessStatusCode);
        return client;
    }

    private static JsonElement Claims(JsonElement tokens) =>
        JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(tokens.String("accessToken").Split('.')[1])).RootElement;
}

/// <summary>A city that asks more of its officials.</summary>
public sealed class StricterSecondFactorTests(StricterSecondFactorTests.Fixture directory) : IClassFixture<StricterSecondFactorTests.Fixture>
{
    public sealed class Fixture : DirectoryFixture
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [.. base.Settings, new("SecondFactor:AlsoRoles:0", "HeadOfUnit")];
    }

    [Fact]
    public async Task PLT_4_a_setting_demands_a_second_factor_of_other_roles_too()
    {
        var (head, clerk) = (await directory.OfficialAsync(), await directory.OfficialAsync());
        var post = await directory.PositionAsync();
        await directory.HolderAsync(head, post);
        await directory.HolderAsync(clerk, await directory.PositionInAsync(await directory.UnitAsync()));
        (await SetUpAsync(head)).ShouldBe(["SecondFactor"]);
        (await SetUpAsync(clerk)).ShouldBeEmpty();
    }

    private async Task<string?[]> SetUpAsync(JsonElement official)
    {
        var login = (await directory.AccountAsync(employeeNumber: official.String("employeeNumber"))).String("userLogin");
        return [.. (await (await directory.SignInAsync(login, DirectoryFixture.AdminPassword)).ReadAsync()).GetProperty("setUp").EnumerateArray().Select(step => step.GetString())];
    }
}
