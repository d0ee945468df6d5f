using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Testing;

/// <summary>
/// Somebody's sign-in, used by everybody who speaks as he does: with a second factor, a second sign-in would have to wait for the next code.
/// </summary>
public sealed class Login(string login, string password, string? authenticatorSecret = null) : IDisposable
{
    // An access token lives for five minutes.
    private static readonly TimeSpan UsedFor = TimeSpan.FromMinutes(3);
    private static readonly ConcurrentDictionary<string, Login> Named = new(StringComparer.Ordinal);

    private readonly HttpClient _client = Platform.NewClient();
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Authenticator? _authenticator = authenticatorSecret is null ? null : new(authenticatorSecret);
    private (string Token, long At)? _session;

    /// <summary>As <c>platform.env</c> names them: <c>OFFICIAL</c> or <c>ADMIN</c>. The chair of the demonstration has yet to enrol a second factor.</summary>
    public static Login Of(string who) => Named.GetOrAdd(who, static name => new(
        Servers.Setting($"{name}_LOGIN"), Servers.Setting($"{name}_PASSWORD"), name == "ADMIN" ? Servers.Setting("ADMIN_TOTP_SECRET") : null));

    /// <summary>An access token with two minutes at least before it; signs in where there is none.</summary>
    public async Task<string> TokenAsync()
    {
        await _one.WaitAsync();
        try
        {
            if (_session is { } going && TimeProvider.System.GetElapsedTime(going.At) < UsedFor)
                return going.Token;
            // A code that another process has just used is refused; the next half minute has the next.
            using var answer = await Eventually.GetAsync(TryAsync, signedIn => signedIn is not null, seconds: 100);
            var token = (await answer!.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()!;
            _session = (token, TimeProvider.System.GetTimestamp());
            return token;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<HttpResponseMessage?> TryAsync()
    {
        var code = _authenticator?.Next();
        if (code is null && _authenticator is not null)
            return null;
        var answer = await _client.PostAsJsonAsync("/api/directory/sessions", new { userLogin = login, password, code });
        return answer.StatusCode == System.Net.HttpStatusCode.Unauthorized && code is not null ? null : answer.EnsureSuccessStatusCode();
    }

    /// <summary>The token was refused: the next who asks signs in anew.</summary>
    public async Task ForgetAsync(string token)
    {
        await _one.WaitAsync();
        if (_session?.Token == token)
            _session = null;
        _one.Release();
    }

    /// <summary>The owner of a new account changes the password that the Administrator gave him.</summary>
    public static async Task ChangePasswordAsync(string login, string given, string own)
    {
        using var client = Platform.NewClient();
        using var first = new Login(login, given);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await first.TokenAsync());
        using var answer = await client.PutAsJsonAsync("/api/directory/me/password", new { oldPassword = given, newPassword = own });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The owner of an account that needs a second factor sets one up.</summary>
    public static async Task<Login> EnrolAsync(string login, string password)
    {
        const string factor = "/api/directory/me/second-factor";
        using var client = Platform.NewClient();
        using var first = new Login(login, password);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await first.TokenAsync());
        using var begun = await client.PostAsJsonAsync(factor, new { password });
        var secret = (await begun.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!;
        using var confirmed = await client.PostAsJsonAsync($"{factor}/confirmation", new { code = new Authenticator(secret).Next() });
        confirmed.EnsureSuccessStatusCode();
        return new(login, password, secret);
    }

    public void Dispose()
    {
        _client.Dispose();
        _one.Dispose();
    }
}
