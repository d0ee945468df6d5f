using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Notification;
using Directory.Tests.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Directory.Tests.Accounts;

/// <summary>Apart from the others: they count administrators.</summary>
public sealed class AdministratorsTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>, IAsyncLifetime
{
    private const string Password = "kata sandi pertama";

    public async ValueTask InitializeAsync() => await directory.SignInAdministratorAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task DIR_2_an_installation_with_one_administrator_demands_a_second()
    {
        await directory.Database.ExecuteAsync($"update account set roles = array_remove(roles, 'Administrator') where user_login <> '{DirectoryFixture.AdminLogin}'");
        (await NeedsAnotherAsync()).ShouldBeTrue();
        (await HealthAsync()).ShouldBe("Degraded");
        var second = await directory.AccountAsync(Password, null, "Administrator");
        (await NeedsAnotherAsync()).ShouldBeTrue("he has no second factor yet");

        await directory.SignedInAsync(second.String("userLogin"), Password);

        (await NeedsAnotherAsync()).ShouldBeFalse();
        (await HealthAsync()).ShouldBe("Healthy");
        // The clock closes administrators too; it is said a week before.
        var now = directory.Clock.GetUtcNow();
        await directory.HolderAsync(await directory.Administrator.GetFromJsonAsync<JsonElement>($"/api/directory/officials?employeeNumber={second.String("employeeNumber")}") is var found
            ? found.GetProperty("items")[0] : default, await directory.PositionAsync(), to: now.AddDays(8));
        (await HealthAsync()).ShouldBe("Healthy");
        await directory.AdvanceAsync(TimeSpan.FromDays(2));
        (await HealthAsync()).ShouldBe("Degraded");
    }

    [Fact]
    public async Task DIR_9_breaking_the_glass_takes_a_lost_second_factor_off_for_a_reason_and_tells_the_others()
    {
        var (phone, own) = (DirectoryFixture.FreshNumber(), DirectoryFixture.FreshNumber());
        var other = await directory.AccountAsync(Password, await directory.HolderAsync(noticePhone: phone), "Administrator");
        var lost = await directory.AccountAsync(Password, await directory.HolderAsync(noticePhone: own), "Administrator");
        var login = lost.String("userLogin");
        var client = await directory.SignedInAsync(login, Password);
        await directory.Database.ExecuteAsync($"update account set lockout_end = '2099-01-01Z' where id = '{lost.Id()}'");

        (await BreakAsync(login, "Telepon administrator jatuh ke sungai")).ShouldBe(0);

        await Eventually.TrueAsync(async () => (await client.GetAsync("/api/directory/me")).StatusCode == HttpStatusCode.Unauthorized, seconds: 10);
        var tokens = await (await directory.SignInAsync(login, Password)).ReadAsync();
        tokens.GetProperty("setUp").EnumerateArray().Single().GetString().ShouldBe("SecondFactor");
        var notice = await directory.Bus.GetAsync<SendSms>(sms => sms.To == phone && sms.Purpose == SmsPurpose.Notice);
        notice.Text.ShouldContain(login);
        await directory.Bus.GetAsync<SendSms>(sms => sms.To == own && sms.Text == notice.Text);
        (await directory.Database.ScalarAsync<string>(
            $"select reason from audit_content c join audit_entry e on e.id = c.entry_id where act = 'BreakGlass' and subject_id = '{lost.Id()}'"))
            .ShouldBe("Telepon administrator jatuh ke sungai");
        (await directory.AccountNowAsync(other.String("userLogin"))).GetProperty("enabled").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task DIR_9_breaking_the_glass_opens_a_closed_administrator_for_a_day_with_a_password_to_be_changed()
    {
        var now = directory.Clock.GetUtcNow();
        var account = await directory.AccountAsync(Password, await directory.HolderAsync(to: now.AddSeconds(1)), "Administrator");
        directory.Clock.Advance(TimeSpan.FromSeconds(2));
        await Eventually.TrueAsync(async () => !(await directory.AccountNowAsync(account.String("userLogin"))).GetProperty("enabled").GetBoolean());

        (await BreakAsync(account.String("userLogin"), "Administrator terakhir pensiun", "lampu hijau di teras")).ShouldBe(0);

        var tokens = await (await directory.SignInAsync(account.String("userLogin"), "lampu hijau di teras")).ReadAsync();
        tokens.GetProperty("setUp").EnumerateArray().Select(step => step.GetString()).ShouldBe(["Password", "SecondFactor"]);
    }

    [Fact]
    public async Task DIR_9_breaking_the_glass_keeps_a_longer_exception_and_refuses_a_password_that_is_too_long()
    {
        var account = await directory.AccountAsync(Password, await directory.HolderAsync(), "Administrator");
        await directory.Database.ExecuteAsync($"update account set open_until = '2099-01-01Z' where id = '{account.Id()}'");

        (await BreakAsync(account.String("userLogin"), "Telepon administrator jatuh ke sungai", string.Concat(Enumerable.Repeat("payung merah ", 11)))).ShouldBe(1);
        (await BreakAsync(account.String("userLogin"), "Telepon administrator jatuh ke sungai")).ShouldBe(0);

        (await directory.AccountNowAsync(account.String("userLogin"))).GetProperty("openUntil").GetDateTimeOffset().Year.ShouldBe(2099);
    }

    [Fact]
    public async Task DIR_2_a_malformed_secret_of_the_first_administrator_is_refused()
    {
        var settings = directory.Services.GetRequiredService<IConfiguration>();
        var right = settings["ADMIN_TOTP_SECRET"];
        settings["ADMIN_TOTP_SECRET"] = "bukan-rahasia";
        (await directory.RunVerbAsync("--first-administrator")).ShouldBe(1);
        settings["ADMIN_TOTP_SECRET"] = right;
    }

    [Theory]
    [InlineData("admin", "kurang")]
    [InlineData("tidak-ada", "Telepon administrator jatuh ke sungai")]
    public async Task DIR_9_the_glass_stays_whole_without_a_reason_or_an_administrator(string login, string reason)
    {
        (await BreakAsync(login, reason)).ShouldBe(1);
        (await directory.AccountNowAsync(DirectoryFixture.AdminLogin)).GetProperty("twoFactorEnabled").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task DIR_9_the_glass_is_for_administrators_only()
    {
        var chair = await directory.AccountAsync(Password, null, "Chair");
        await directory.SignedInAsync(chair.String("userLogin"), Password);
        (await BreakAsync(chair.String("userLogin"), "Telepon ketua jatuh ke sungai")).ShouldBe(1);
        (await directory.AccountNowAsync(chair.String("userLogin"))).GetProperty("twoFactorEnabled").GetBoolean().ShouldBeTrue();
    }

    private Task<int> BreakAsync(string login, string reason, string? password = null)
    {
        var settings = directory.Services.GetRequiredService<IConfiguration>();
        (settings["BREAK_GLASS_LOGIN"], settings["BREAK_GLASS_REASON"], settings["BREAK_GLASS_PASSWORD"]) = (login, reason, password);
        return directory.RunVerbAsync("--break-glass");
    }

    private async Task<bool> NeedsAnotherAsync() =>
        (await directory.Administrator.GetFromJsonAsync<JsonElement>("/api/directory/me")).GetProperty("needsAnotherAdministrator").GetBoolean();

    private async Task<string> HealthAsync() => (await directory.Client().GetFromJsonAsync<JsonElement>("/health/ready"))
        .GetProperty("checks").GetProperty("administrators").String("status");
}

/// <summary>A real start: the first administrator comes without an authenticator.</summary>
public sealed class FirstAdministratorTests(RealStart directory) : IClassFixture<RealStart>
{
    [Fact]
    public async Task DIR_2_the_first_administrator_changes_his_password_and_enrols_a_second_factor_before_anything_else()
    {
        (await directory.RunVerbAsync("--first-administrator")).ShouldBe(0);
        var signedIn = await Eventually.GetAsync(
            () => directory.SignInAsync(DirectoryFixture.AdminLogin, DirectoryFixture.AdminPassword), answer => answer.IsSuccessStatusCode);
        var tokens = await signedIn.ReadAsync();
        tokens.GetProperty("setUp").EnumerateArray().Select(step => step.GetString()).ShouldBe(["Password", "SecondFactor"]);
        var client = directory.Client();
        client.Use(tokens.String("accessToken"));

        var changed = await Eventually.GetAsync(
            () => client.PutAsJsonAsync("/api/directory/me/password", new { oldPassword = DirectoryFixture.AdminPassword, newPassword = "lampu hijau di teras" }),
            answer => answer.StatusCode != HttpStatusCode.Unauthorized);
        client.Use((await changed.ReadAsync()).String("accessToken"));
        var enrolled = await directory.EnrolAsync(client, DirectoryFixture.AdminLogin, "lampu hijau di teras");

        client.Use(enrolled.GetProperty("tokens").String("accessToken"));
        (await client.GetAsync("/api/directory/accounts")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}

public sealed class RealStart : DirectoryFixture
{
    protected override bool IsDemonstration => false;
}
