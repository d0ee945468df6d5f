using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace EndToEnd.Tests;

/// <summary>What Directory revokes is refused by every service of the running platform, each by its own copy, within five seconds.</summary>
public sealed class RevocationTests(Platform platform) : IClassFixture<Platform>, IAsyncLifetime
{
    private const string Directory = "/api/directory";
    private const int Seconds = 5;

    /// <summary>One that asks for a token in each service of <c>deploy/services.conf</c>, found in the service's own description: none that is added later is forgotten.</summary>
    private readonly List<string> _doors = [];

    public async ValueTask InitializeAsync()
    {
        var services = (await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "deploy/services.conf"))).Select(line => line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(row => row is [_, _, not "-", ..]).Select(row => row[0]).ToList();
        services.Count.ShouldBeGreaterThanOrEqualTo(3);
        foreach (var service in services)
            _doors.Add(await DoorAsync(service));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<string> DoorAsync(string service)
    {
        var described = (await platform.Anybody.GetFromJsonAsync<JsonElement>($"/docs/{service}.json")).GetProperty("paths").EnumerateObject();
        foreach (var path in described.Where(path => path.Value.TryGetProperty("get", out var _) && !path.Name.Contains('{', StringComparison.Ordinal)).Select(path => path.Name))
        {
            if (await StatusAsync(platform.Anybody, path) == HttpStatusCode.Unauthorized)
                return path;
        }

        throw new InvalidOperationException($"{service} describes no door that asks for a token.");
    }

    /// <summary>A live view has no end.</summary>
    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string door)
    {
        using var answer = await client.GetAsync(door, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }

    [Fact]
    public async Task DIR_8_a_revoked_key_is_refused_by_every_service()
    {
        using var administrator = await Platform.SignInAsync("ADMIN");
        var application = await RegisteredAsync(administrator);
        var key = await ReadAsync(await administrator.PostAsJsonAsync($"{Directory}/applications/{application.GetProperty("id")}/keys", new { version = 1 }));
        using var client = await SignedInAsync(application, key);
        await ShouldBeKnownAsync(client);

        (await administrator.PostAsJsonAsync($"{Directory}/applications/{application.GetProperty("id")}/keys/{key.GetProperty("id")}/revocation", new { reason = "Bocor" }))
            .EnsureSuccessStatusCode();

        await ShouldBeRefusedAsync(client);
        (await TokenAsync(application, key)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task DIR_8_a_suspended_application_is_refused_by_every_service()
    {
        using var administrator = await Platform.SignInAsync("ADMIN");
        var application = await RegisteredAsync(administrator);
        var key = await ReadAsync(await administrator.PostAsJsonAsync($"{Directory}/applications/{application.GetProperty("id")}/keys", new { version = 1 }));
        using var client = await SignedInAsync(application, key);
        await ShouldBeKnownAsync(client);

        (await administrator.PatchAsJsonAsync($"{Directory}/applications/{application.GetProperty("id")}", new { version = 2, suspended = true })).EnsureSuccessStatusCode();

        await ShouldBeRefusedAsync(client);
    }

    [Fact]
    public async Task DIR_2_a_disabled_account_is_refused_by_every_service()
    {
        using var administrator = await Platform.SignInAsync("ADMIN");
        var (login, first, own) = ($"uji-{Guid.CreateVersion7():n}"[..32], "sandi pertama dari admin", "rahasia milik sendiri 7");
        var account = await ReadAsync(await administrator.PostAsJsonAsync($"{Directory}/accounts", new { userLogin = login, password = first, roles = Array.Empty<string>() }));
        using var client = Platform.NewClient();
        Use(client, await ReadAsync(await platform.Anybody.PostAsJsonAsync($"{Directory}/sessions", new { userLogin = login, password = first })), "accessToken");
        Use(client, await ReadAsync(await client.PutAsJsonAsync($"{Directory}/me/password", new { oldPassword = first, newPassword = own })), "accessToken");
        await ShouldBeKnownAsync(client);

        var version = (await administrator.GetFromJsonAsync<JsonElement>($"{Directory}/accounts?userLogin={login}")).GetProperty("items")[0].GetProperty("version").GetInt64();
        (await administrator.PatchAsJsonAsync($"{Directory}/accounts/{account.GetProperty("id")}", new { version, enabled = false, reason = "Uji" })).EnsureSuccessStatusCode();

        await ShouldBeRefusedAsync(client);
    }

    private async Task ShouldBeKnownAsync(HttpClient client)
    {
        // A new session is known to each service at once, by the key that signed; what it may there is another matter.
        foreach (var door in _doors)
            (await StatusAsync(client, door)).ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.Forbidden);
    }

    private Task ShouldBeRefusedAsync(HttpClient client) => Task.WhenAll(_doors.Select(door =>
        Eventually.TrueAsync(async () => await StatusAsync(client, door) == HttpStatusCode.Unauthorized, Seconds)));

    private static async Task<JsonElement> RegisteredAsync(HttpClient administrator)
    {
        var unit = (await administrator.GetFromJsonAsync<JsonElement>($"{Directory}/units")).GetProperty("items")[0].GetProperty("code").GetString();
        return await ReadAsync(await administrator.PostAsJsonAsync($"{Directory}/applications", new
        {
            name = $"Uji {Guid.CreateVersion7()}",
            ownerUnitCode = unit,
            contactName = "Budi Santoso",
            contactEmail = "budi@example.go.id",
            scopes = new[] { "organisation.read" },
        }));
    }

    private async Task<HttpClient> SignedInAsync(JsonElement application, JsonElement key)
    {
        var client = Platform.NewClient();
        Use(client, await ReadAsync(await TokenAsync(application, key)), "access_token");
        return client;
    }

    private async Task<HttpResponseMessage> TokenAsync(JsonElement application, JsonElement key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Directory}/oauth/token")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" }),
        };
        var credentials = $"{application.GetProperty("id").GetString()}:{key.GetProperty("key").GetString()}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        return await platform.Anybody.SendAsync(request);
    }

    private static void Use(HttpClient client, JsonElement tokens, string name) =>
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.GetProperty(name).GetString());

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
