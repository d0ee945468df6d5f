using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Contracts.Notification;
using Directory.Tests.Testing;

namespace Directory.Tests.Accounts;

public sealed class AccountTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Accounts = "/api/directory/accounts";
    private const string Password = "kata sandi pertama";

    [Fact]
    public async Task DIR_2_the_administrator_creates_an_account_and_its_owner_signs_in_with_it()
    {
        var official = await directory.OfficialAsync(DirectoryFixture.FreshNumber());
        var position = await directory.PositionAsync(DirectoryFixture.Fresh("AKUN"));
        await directory.Administrator.PostAsJsonAsync("/api/directory/assignments",
            new { employeeNumber = official.String("employeeNumber"), positionCode = position.String("code") });
        var account = await directory.AccountAsync(Password, official.String("employeeNumber"));

        var client = await directory.SignedInAsync(account.String("userLogin").ToUpperInvariant(), Password);

        var me = await client.GetFromJsonAsync<JsonElement>("/api/directory/me");
        me.GetProperty("accountId").GetGuid().ShouldBe(account.Id());
        me.GetProperty("roles").EnumerateArray().Select(role => role.GetString()).ShouldBe(["HeadOfUnit", "Official"]);
        me.GetProperty("official").String("employeeNumber").ShouldBe(official.String("employeeNumber"));
        me.GetProperty("positions").EnumerateArray().Single().String("keyword").ShouldBe(position.String("keyword"));
        account.ToString().ShouldNotContain(Password);
    }

    [Fact]
    public async Task DIR_2_nobody_but_the_administrator_administers()
    {
        var chair = await directory.AccountAsync(Password, null, "Secretary");
        var client = await directory.SignedInAsync(chair.String("userLogin"), Password);

        await (await client.PostAsJsonAsync(Accounts, new { userLogin = "penyusup", password = Password, roles = new[] { "Administrator" } }))
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "forbidden");
        await (await client.GetAsync(Accounts)).ShouldRefuseAsync(HttpStatusCode.Forbidden, "forbidden");
        await (await client.GetAsync("/api/directory/audit")).ShouldRefuseAsync(HttpStatusCode.Forbidden, "forbidden");
        await (await directory.Client().PostAsJsonAsync(Accounts, new { userLogin = "penyusup", password = Password, roles = Array.Empty<string>() }))
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "not-signed-in");
        (await directory.Database.ScalarAsync<long>("select count(*) from account where user_login = 'penyusup'")).ShouldBe(0);
    }

    [Fact]
    public async Task DIR_4_a_login_is_one_accounts_whatever_its_case_also_when_two_administrators_give_it_away_at_once()
    {
        var login = DirectoryFixture.Fresh("kembar");

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => directory.Administrator.PostAsJsonAsync(
            Accounts, new { userLogin = number % 2 == 0 ? login : login.ToUpperInvariant(), password = Password, roles = Array.Empty<string>() })));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
            await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "user-login-taken");
    }

    [Fact]
    public async Task DIR_2_an_official_has_one_account()
    {
        var official = await directory.OfficialAsync();
        await directory.AccountAsync(Password, official.String("employeeNumber"));
        await (await directory.Administrator.PostAsJsonAsync(Accounts, new
        {
            userLogin = DirectoryFixture.Fresh("kedua"),
            password = Password,
            employeeNumber = official.String("employeeNumber"),
            roles = Array.Empty<string>(),
        })).ShouldRefuseAsync(HttpStatusCode.Conflict, "official-has-account");
    }

    [Theory]
    [InlineData("""{"userLogin":"salah","password":"pendek","roles":[]}""", "password")]
    [InlineData("""{"userLogin":"salah","password":"aaaaaaaaaaaaaaaa","roles":[]}""", "password")]
    [InlineData("""{"userLogin":"salah","password":"SALAH-kata-sandi-1","roles":[]}""", "password")]
    [InlineData("""{"userLogin":"salah","password":"123456 Password","roles":[]}""", "password")]
    [InlineData("""{"userLogin":"salah","password":"kata sandi pertama","roles":["God"]}""", "roles")]
    [InlineData("""{"userLogin":"salah","password":"kata sandi pertama","roles":[null]}""", "roles")]
    [InlineData("""{"userLogin":"salah","password":"kata sandi pertama","roles":["Official"]}""", "roles")]
    [InlineData("""{"userLogin":"salah","password":"kata sandi pertama","roles":["Mayor"]}""", "roles")]
    [InlineData("""{"userLogin":"salah","password":"kata sandi pertama","roles":["Auditor","Administrator"]}""", "roles")]
    [InlineData("""{"userLogin":"salah","password":"kata sandi pertama","roles":["Chair","Administrator"]}""", "roles")]
    [InlineData("""{"userLogin":"salah","password":"kata sandi pertama","roles":["DataProducer","DataSteward"]}""", "roles")]
    [InlineData("""{"userLogin":"salah","password":"kata sandi pertama","roles":"Chair"}""", "roles")]
    [InlineData("""{"userLogin":"salah","password":"kata sandi pertama"}""", "roles")]
    [InlineData("""{"userLogin":"s\u0000h","password":"kata sandi pertama","roles":["Chair"]}""", "userLogin")]
    [InlineData("""{"userLogin":"s","password":"kata sandi pertama","roles":["Chair"]}""", "userLogin")]
    [InlineData("""{"userLogin":"salah","password":"kata sandi pertama","roles":["Chair"],"employeeNumber":"TIDAK-ADA"}""", "employeeNumber")]
    public async Task DIR_2_garbage_is_refused_by_the_name_of_its_field_and_creates_nothing(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        await (await directory.Administrator.PostAsync(Accounts, content)).ShouldNameAsync(field);
        (await directory.Database.ScalarAsync<long>("select count(*) from account where normalized_user_login = 'SALAH'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("Chair")]
    [InlineData("Auditor")]
    [InlineData("Secretary")]
    [InlineData("Administrator")]
    public async Task DIR_7_an_account_that_is_nobodys_is_given_no_role(string role)
    {
        await (await directory.Administrator.PostAsJsonAsync(Accounts, new { userLogin = DirectoryFixture.Fresh("bayangan"), password = Password, roles = new[] { role } }))
            .ShouldNameAsync("roles");
        var nobodys = await directory.AccountAsync(Password);
        await (await EditAsync(nobodys, new { version = 1, roles = new[] { role } })).ShouldNameAsync("roles");
        var somebodys = await directory.AccountAsync(Password, (await directory.OfficialAsync()).String("employeeNumber"));
        (await EditAsync(somebodys, new { version = 1, roles = new[] { role } })).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task DIR_2_a_disabled_account_is_out_at_once_and_in_again_when_it_is_enabled()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");
        var client = await directory.SignedInAsync(account.String("userLogin"), Password);

        (await EditAsync(account, new { version = 1, enabled = false, reason = "Cuti di luar tanggungan negara" })).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Eventually.TrueAsync(async () => (await client.GetAsync("/api/directory/me")).StatusCode == HttpStatusCode.Unauthorized);
        await (await directory.SignInAsync(account.String("userLogin"), Password)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "sign-in-failed");
        (await EditAsync(account, new { version = 2, enabled = true })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await directory.SignInAsync(account.String("userLogin"), Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task DIR_2_a_role_taken_away_ends_the_sessions_that_carry_it()
    {
        var account = await directory.AccountAsync(Password, null, "Administrator");
        var client = await directory.SignedInAsync(account.String("userLogin"), Password);

        (await EditAsync(account, new { version = 2, roles = Array.Empty<string>() })).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Eventually.TrueAsync(async () => (await client.GetAsync(Accounts)).StatusCode == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task DIR_2_another_password_ends_the_sessions_of_the_old_one()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");
        var client = await directory.SignedInAsync(account.String("userLogin"), Password);

        var answer = await directory.Administrator.PutAsJsonAsync($"{Accounts}/{account.Id()}/password", new { version = 1, password = "kata sandi kedua" });

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => (await client.GetAsync("/api/directory/me")).StatusCode == HttpStatusCode.Unauthorized);
        await (await directory.SignInAsync(account.String("userLogin"), Password)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "sign-in-failed");
        (await directory.SignInAsync(account.String("userLogin"), "kata sandi kedua")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task DIR_2_the_owner_hears_of_another_password_and_of_a_second_factor_taken_off()
    {
        var phone = DirectoryFixture.FreshNumber();
        var account = await directory.AccountAsync(Password, await directory.HolderAsync(noticePhone: phone));

        (await directory.Administrator.PutAsJsonAsync($"{Accounts}/{account.Id()}/password", new { version = 1, password = "kata sandi kedua" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await directory.Administrator.PostAsJsonAsync($"{Accounts}/{account.Id()}/second-factor/reset", new { version = 2, reason = "Telepon hilang" })).StatusCode.ShouldBe(HttpStatusCode.OK);

        foreach (var word in new[] { "sandi", "faktor" })
        {
            var notice = await directory.Bus.GetAsync<SendSms>(sms => sms.To == phone && sms.Text.Contains(word));
            (notice.Purpose, notice.Text.Contains(account.String("userLogin"))).ShouldBe((SmsPurpose.Notice, true));
            notice.Text.ShouldNotContain("kata sandi kedua");
        }
    }

    [Fact]
    public async Task DIR_5_a_changed_notice_phone_is_told_to_the_number_before()
    {
        var phone = DirectoryFixture.FreshNumber();
        var official = await directory.OfficialAsync(phone);
        (await directory.PutAsync($"officials/{official.Id()}/notice-phone", new { version = 1, number = DirectoryFixture.FreshNumber(), reason = "Ganti nomor" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await directory.Bus.GetAsync<SendSms>(sms => sms.To == phone)).Purpose.ShouldBe(SmsPurpose.Notice);
    }

    [Fact]
    public async Task DIR_2_an_administrator_gives_no_password_to_himself()
    {
        var own = await directory.AccountNowAsync(DirectoryFixture.AdminLogin);
        await (await directory.Administrator.PutAsJsonAsync($"{Accounts}/{own.Id()}/password", new { version = own.Version(), password = "kata sandi kedua" }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "own-account");
    }

    [Fact]
    public async Task DIR_2_an_account_of_nobody_is_named_once_and_an_official_has_one()
    {
        var (nobodys, official) = (await directory.AccountAsync(Password), await directory.OfficialAsync());
        var employeeNumber = official.String("employeeNumber");
        await (await EditAsync(nobodys, new { version = 1, employeeNumber = "TIDAKADA" })).ShouldNameAsync("employeeNumber");

        (await EditAsync(nobodys, new { version = 1, employeeNumber, reason = "Milik Siti" }).DoneAsync()).String("employeeNumber").ShouldBe(employeeNumber);

        (await directory.Bus.GetAsync<GrantedRolesChanged>(told => told.OfficialId == official.Id())).Roles.ShouldBeEmpty();
        await (await EditAsync(nobodys, new { version = 2, employeeNumber = (await directory.OfficialAsync()).String("employeeNumber") })).ShouldRefuseAsync(HttpStatusCode.Conflict, "account-named");
        await (await EditAsync(await directory.AccountAsync(Password), new { version = 1, employeeNumber })).ShouldRefuseAsync(HttpStatusCode.Conflict, "official-has-account");
    }

    [Theory]
    [InlineData("password")]
    [InlineData("second-factor/reset")]
    public async Task DIR_2_nobody_goes_round_himself_by_a_second_account_that_names_nobody(string way)
    {
        // The account before the first administrator was named, or what somebody has left behind.
        var nobodys = await directory.AccountAsync(Password);
        await directory.Database.ExecuteAsync($"update account set roles = '{{Administrator}}' where id = '{nobodys.Id()}'");
        var own = await directory.AccountAsync(Password, null, "Chair");
        var acting = await directory.SignedInAsync(nobodys.String("userLogin"), Password);

        await (await ActAsync(acting, own)).ShouldRefuseAsync(HttpStatusCode.Conflict, "account-unnamed");
        await (await ActAsync(directory.Administrator, await directory.AccountNowAsync(nobodys.String("userLogin")))).ShouldRefuseAsync(HttpStatusCode.Conflict, "account-unnamed");

        (await EditAsync(nobodys, new { version = 2, employeeNumber = (await directory.OfficialAsync()).String("employeeNumber") })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ActAsync(acting, own)).StatusCode.ShouldBe(HttpStatusCode.OK);

        Task<HttpResponseMessage> ActAsync(HttpClient who, JsonElement account) => way == "password"
            ? who.PutAsJsonAsync($"{Accounts}/{account.Id()}/{way}", new { version = account.Version(), password = "kata sandi kedua" })
            : who.PostAsJsonAsync($"{Accounts}/{account.Id()}/{way}", new { version = account.Version(), reason = "Telepon hilang" });
    }

    [Fact]
    public async Task DIR_2_two_edits_of_one_account_meet_at_the_version()
    {
        var account = await directory.AccountAsync(Password, null, "Secretary");
        var answers = await Task.WhenAll(
            EditAsync(account, new { version = 1, roles = new[] { "Chair" } }), EditAsync(account, new { version = 1, enabled = false }));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(1);
    }

    [Fact]
    public async Task DIR_2_the_first_administrator_is_created_once()
    {
        (await directory.RunVerbAsync("--first-administrator")).ShouldBe(0);
        (await directory.Database.ScalarAsync<long>($"select count(*) from account where user_login = '{DirectoryFixture.AdminLogin}'")).ShouldBe(1);
        (await directory.Database.ScalarAsync<string>("select actor from audit_entry where act = 'CreateFirstAdministrator'")).ShouldBe("system");
    }

    private Task<HttpResponseMessage> EditAsync(JsonElement account, object change) =>
        directory.Administrator.PatchAsJsonAsync($"{Accounts}/{account.Id()}", change);
}

/// <summary>Apart from the others: here nobody else may administer.</summary>
public sealed class LastAdministratorTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    [Fact]
    public async Task DIR_2_of_two_administrators_who_disable_each_other_at_once_one_stays()
    {
        var first = await directory.AccountNowAsync(DirectoryFixture.AdminLogin);
        await (await directory.Administrator.PatchAsJsonAsync($"/api/directory/accounts/{first.Id()}", new { version = first.Version(), enabled = false }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "last-administrator");

        var second = await directory.AccountAsync("kata sandi pertama", null, "Administrator");
        // Without a second factor he does not count yet.
        await (await directory.Administrator.PatchAsJsonAsync($"/api/directory/accounts/{first.Id()}", new { version = first.Version(), enabled = false }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "last-administrator");
        var other = await directory.SignedInAsync(second.String("userLogin"), "kata sandi pertama");

        var answers = await Task.WhenAll(
            directory.Administrator.PatchAsJsonAsync($"/api/directory/accounts/{second.Id()}", new { version = 2, roles = Array.Empty<string>() }),
            other.PatchAsJsonAsync($"/api/directory/accounts/{first.Id()}", new { version = first.Version(), enabled = false }));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        (await directory.Database.ScalarAsync<long>("select count(*) from account where enabled and 'Administrator' = any(roles)")).ShouldBe(1);
    }
}
