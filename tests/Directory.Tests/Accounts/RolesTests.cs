using System.Net.Http.Json;
using System.Text.Json;
using Directory.Storage;
using Directory.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Directory.Tests.Accounts;

public sealed class RolesTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Password = "kata sandi pertama";

    [Fact]
    public void DIR_7_every_kind_of_position_but_staff_is_a_role() =>
        Enum.GetNames<PositionKind>().Except([nameof(PositionKind.Staff)]).ShouldBeSubsetOf(Roles.Held);

    [Fact]
    public async Task DIR_7_a_role_follows_from_a_position_from_its_first_to_its_last_instant()
    {
        var official = await directory.OfficialAsync();
        var account = await directory.AccountAsync(Password, official.String("employeeNumber"), "DataSteward");
        var now = directory.Clock.GetUtcNow();

        // Between two positions he signs in only because the Administrator says so; said before, or the account closes between the two.
        await directory.Database.ExecuteAsync($"update account set open_until = '2099-01-01Z' where id = '{account.Id()}'");
        await AssignAsync(official, now.AddMinutes(-1), to: now);
        await AssignAsync(official, now.AddMilliseconds(1));
        (await RolesAsync(account)).ShouldBe(["DataSteward"]);

        await AssignAsync(official, now);
        (await RolesAsync(account)).ShouldBe(["DataSteward", "HeadOfUnit", "Official"]);
    }

    [Fact]
    public async Task DIR_7_accounts_are_listed_by_a_granted_role_also_as_of_an_instant()
    {
        var (chair, other) = (await directory.AccountAsync(Password, null, "Chair"), await directory.AccountAsync(Password, null, "Secretary"));
        var granted = directory.Clock.GetUtcNow();
        directory.Clock.Advance(TimeSpan.FromSeconds(1));
        await directory.Administrator.PatchAsJsonAsync($"/api/directory/accounts/{chair.Id()}", new { version = 1, roles = Array.Empty<string>() }).DoneAsync();
        await directory.Administrator.PatchAsJsonAsync($"/api/directory/accounts/{other.Id()}", new { version = 1, roles = new[] { "Chair" } }).DoneAsync();

        (await directory.ItemsAsync("accounts?role=Chair")).ConvertAll(item => item.Id()).ShouldBe([other.Id()]);
        (await directory.ItemsAsync($"accounts?role=Chair&asOf={DirectoryFixture.Query(granted)}")).ConvertAll(item => item.Id()).ShouldBe([chair.Id()]);
        await (await directory.Administrator.GetAsync("/api/directory/accounts?role=Raja")).ShouldNameAsync("role");
        await (await directory.Administrator.GetAsync("/api/directory/accounts?role=HeadOfUnit")).ShouldNameAsync("role");
    }

    [Fact]
    public async Task DIR_7_an_administrator_grants_himself_roles_only_while_there_is_no_other()
    {
        var own = await directory.AccountNowAsync(DirectoryFixture.AdminLogin);
        await GrantAsync(directory.Administrator, own.Version(), "Administrator", "Secretary").DoneAsync();
        await directory.SignInAdministratorAsync();
        var other = await directory.SignedInAsync((await directory.AccountAsync(Password, null, "Administrator")).String("userLogin"), Password);
        var version = (await directory.AccountNowAsync(DirectoryFixture.AdminLogin)).Version();

        await (await GrantAsync(directory.Administrator, version, "Administrator", "DataSteward")).ShouldRefuseAsync(System.Net.HttpStatusCode.Conflict, "own-account");
        await GrantAsync(other, version, "Administrator", "DataSteward").DoneAsync();
        await directory.SignInAdministratorAsync();
        // To give one up he needs nobody.
        await GrantAsync(directory.Administrator, version + 1, "Administrator").DoneAsync();
        await directory.SignInAdministratorAsync();

        Task<HttpResponseMessage> GrantAsync(HttpClient client, long seen, params string[] roles) =>
            client.PatchAsJsonAsync($"/api/directory/accounts/{own.Id()}", new { version = seen, roles });
    }

    private async Task AssignAsync(JsonElement official, DateTimeOffset from, DateTimeOffset? to = null)
    {
        var position = await directory.PositionAsync();
        var answer = await directory.Administrator.PostAsJsonAsync("/api/directory/assignments",
            new { employeeNumber = official.String("employeeNumber"), positionCode = position.String("code"), from });
        answer.EnsureSuccessStatusCode();
        if (to is not null)
            (await directory.Administrator.PostAsJsonAsync($"/api/directory/assignments/{(await answer.ReadAsync()).Id()}/end", new { version = 1, to })).EnsureSuccessStatusCode();
    }

    /// <summary>What a token that is signed now says.</summary>
    private async Task<string[]> RolesAsync(JsonElement account)
    {
        using var client = await directory.SignedInAsync(account.String("userLogin"), Password);
        var token = client.DefaultRequestHeaders.Authorization!.Parameter!;
        var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement;
        return [.. claims.GetProperty("roles").EnumerateArray().Select(role => role.GetString()!)];
    }
}
