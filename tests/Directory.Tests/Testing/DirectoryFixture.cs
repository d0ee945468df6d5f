using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Contracts.Directory;
using Contracts.Notification;
using Directory.SignIn;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Directory.Tests.Testing;

/// <summary>Directory with its first administrator signed in, and a bus that hears its events.</summary>
public class DirectoryFixture() : ServiceFixture<DirectoryDb>("directory")
{
    public const string AdminLogin = "admin";
    public const string AdminPassword = "kata sandi uji 2026";

    /// <summary>Citizens write to it.</summary>
    public const string CityNumber = "+6281100000001";

    private static readonly byte[] AdminSecret = RandomNumberGenerator.GetBytes(20);
    private static int _count;

    /// <summary>Where <c>--import</c> looks.</summary>
    public string ImportFile { get; } = Path.Combine(Path.GetTempPath(), $"{Guid.CreateVersion7():n}.import");

    // Authenticators of the accounts that have one, by login.
    private readonly ConcurrentDictionary<string, byte[]> _secrets = new(StringComparer.OrdinalIgnoreCase) { [AdminLogin] = AdminSecret };
    private readonly ConcurrentDictionary<string, long> _steps = new(StringComparer.Ordinal);

    public TestBus Bus { get; private set; } = null!;

    /// <summary>Speaks as the first administrator.</summary>
    public HttpClient Administrator { get; private set; } = null!;

    /// <summary>Somebody else who can be quicker.</summary>
    public QuickerOther Other { get; } = new();

    protected override void Configure(IServiceCollection services) => services.ConfigureDbContext<DirectoryDb>(options => options.AddInterceptors(Other));

    /// <summary>The first administrator comes with an authenticator.</summary>
    protected virtual bool IsDemonstration => true;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>
    {
        // Tests say from where they come.
        ["TrustedProxies:0"] = "127.0.0.1",
        ["TrustedProxies:1"] = "::1",
        ["Tokens:KeyPassword"] = "only for tests, 16 at least",
        ["IMPORT_FILE"] = ImportFile,
        ["NoticePhones:CityNumbers:0"] = CityNumber,
        ["ADMIN_LOGIN"] = AdminLogin,
        ["ADMIN_PASSWORD"] = AdminPassword,
        ["ADMIN_TOTP_SECRET"] = IsDemonstration ? Totp.Encode(AdminSecret) : null,
    };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Bus = await StartBusAsync(
            typeof(UnitChanged), typeof(PositionChanged), typeof(AssignmentChanged), typeof(OfficialChanged), typeof(GrantedRolesChanged), typeof(ContactChanged), typeof(SignInStatePublished),
            typeof(OrganisationPublished), typeof(ContactsPublished), typeof(SendSms), typeof(NotifyOfficial));
        if (!IsDemonstration)
        {
            _secrets.Clear();
            return;
        }

        (await RunVerbAsync("--first-administrator")).ShouldBe(0);
        await SignInAdministratorAsync();
        await NameAdministratorAsync();
    }

    /// <summary>The first administrator's account is nobody's until he says whose it is.</summary>
    protected virtual async Task NameAdministratorAsync()
    {
        var own = await AccountNowAsync(AdminLogin);
        (await Administrator.PatchAsJsonAsync($"/api/directory/accounts/{own.Id()}", new { version = own.Version(), employeeNumber = (await OfficialAsync()).String("employeeNumber") }))
            .StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Again, after the clock has moved past the end of the token.</summary>
    public async Task SignInAdministratorAsync()
    {
        Administrator = await SignedInAsync(AdminLogin, AdminPassword);
        // The next heartbeat has the new time; until then administrative acts are refused.
        await Eventually.TrueAsync(() => Task.FromResult(Services.GetRequiredService<SignInState>().IsFresh));
    }

    public Task AdvanceAsync(TimeSpan by)
    {
        Clock.Advance(by);
        return SignInAdministratorAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        File.Delete(ImportFile);
        await Bus.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public async Task<int> RunVerbAsync(string name)
    {
        await using var scope = Services.CreateAsyncScope();
        return await Services.GetServices<Verb>().Single(verb => verb.Name == name).Run(scope.ServiceProvider, NullLogger.Instance, CancellationToken.None);
    }

    /// <summary>Runs something on the service's own context.</summary>
    public async Task<T> OnDatabaseAsync<T>(Func<DirectoryDb, Task<T>> act)
    {
        await using var scope = Services.CreateAsyncScope();
        return await act(scope.ServiceProvider.GetRequiredService<DirectoryDb>());
    }

    public Task<HttpResponseMessage> SignInAsync(string login, string password, string? code = null, int instance = 0) =>
        Client(instance: instance).PostAsJsonAsync("/api/directory/sessions", new { userLogin = login, password, code });

    /// <summary>The authenticator's next code: each counts once. Turns the clock on where the next is not yet taken.</summary>
    public async Task<string> NextCodeAsync(byte[] secret)
    {
        var now = Clock.GetUtcNow().ToUnixTimeSeconds() / 30;
        var step = _steps.AddOrUpdate(Totp.Encode(secret), now, (_, last) => Math.Max(now, last + 1));
        if (step > now + 1)
        {
            Clock.Advance(TimeSpan.FromSeconds(30 * (step - now - 1)));
            await Eventually.TrueAsync(() => Task.FromResult(Services.GetRequiredService<SignInState>().IsFresh));
        }

        return Totp.CodeAt(secret, step);
    }

    /// <summary>
    /// A client with the tokens of a new session, as soon as the instance knows the key. Where a role demands a second factor it is enrolled, and used from then on.
    /// </summary>
    public async Task<HttpClient> SignedInAsync(string login, string password, int instance = 0)
    {
        var signedIn = await Eventually.GetAsync(
            async () => await SignInAsync(login, password, _secrets.TryGetValue(login, out var secret) ? await NextCodeAsync(secret) : null, instance), answer => answer.IsSuccessStatusCode);
        var tokens = await signedIn.ReadAsync();
        var client = Client(instance: instance);
        client.Use(tokens.String("accessToken"));
        if (tokens.GetProperty("setUp").EnumerateArray().Any(step => step.GetString() == "SecondFactor"))
            client.Use((await EnrolAsync(client, login, password)).GetProperty("tokens").String("accessToken"));
        await Eventually.TrueAsync(async () => (await client.GetAsync("/api/directory/me")).StatusCode == HttpStatusCode.OK);
        return client;
    }

    /// <summary>A text that no other test of this run uses.</summary>
    public static string Fresh(string prefix) => $"{prefix}{Interlocked.Increment(ref _count)}";

    /// <summary>A mobile number that no other test of this run uses.</summary>
    public static string FreshNumber() => $"+62812{Interlocked.Increment(ref _count) + 70_000_000}";

    public Task<JsonElement> UnitAsync(string? parentCode = null) =>
        CreatedAsync("units", new { code = Fresh("U"), name = "Dinas Kesehatan", parentCode });

    public async Task<JsonElement> PositionAsync(string? keyword = null) => await CreatedAsync("positions", new
    {
        code = Fresh("P"),
        title = "Kepala Dinas",
        kind = "HeadOfUnit",
        unitCode = (await UnitAsync()).String("code"),
        keyword,
    });

    /// <summary>A post in a unit that is there already.</summary>
    public Task<JsonElement> PositionInAsync(JsonElement unit, string kind = "Staff", string? keyword = null) =>
        CreatedAsync("positions", new { code = Fresh("P"), title = "Pengelola Surat", kind, unitCode = unit.String("code"), keyword });

    /// <summary>An official holds a post from now on, unless said otherwise.</summary>
    public Task<JsonElement> HolderAsync(
        JsonElement official, JsonElement position, DateTimeOffset? from = null, DateTimeOffset? to = null, string kind = "Definitive", string? orderNumber = null) =>
        CreatedAsync("assignments", new { employeeNumber = official.String("employeeNumber"), positionCode = position.String("code"), from, to, kind, orderNumber });

    /// <summary>An official, signed in.</summary>
    public async Task<HttpClient> SignedInAsync(JsonElement official)
    {
        var account = await AccountAsync(AdminPassword, official.String("employeeNumber"));
        return await SignedInAsync(account.String("userLogin"), AdminPassword);
    }

    public async Task<JsonElement> GetAsync(string path) => await Administrator.GetFromJsonAsync<JsonElement>($"/api/directory/{path}");

    public async Task<List<JsonElement>> ItemsAsync(string path) => [.. (await GetAsync(path)).GetProperty("items").EnumerateArray()];

    public Task<HttpResponseMessage> PostAsync(string path, object request) => Administrator.PostAsJsonAsync($"/api/directory/{path}", request);

    public Task<HttpResponseMessage> PutAsync(string path, object request) => Administrator.PutAsJsonAsync($"/api/directory/{path}", request);

    /// <summary>An instant as a query carries it.</summary>
    public static string Query(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", System.Globalization.CultureInfo.InvariantCulture);

    public Task<JsonElement> OfficialAsync(string? noticePhone = null, string? senderId = null) =>
        CreatedAsync("officials", new { employeeNumber = Fresh("1978"), name = "Siti Rahayu", noticePhone, senderId });

    /// <summary>An account whose owner has chosen this password. One with roles is an official's.</summary>
    public async Task<JsonElement> AccountAsync(string password = AdminPassword, string? employeeNumber = null, params string[] roles)
    {
        if (roles.Length > 0)
            employeeNumber ??= (await OfficialAsync()).String("employeeNumber");
        var account = await CreatedAsync("accounts", new { userLogin = Fresh("user"), password, employeeNumber, roles });
        await Database.ExecuteAsync($"update account set must_change_password = false where id = '{account.Id()}'");
        return account;
    }

    /// <summary>Enrols an authenticator for whoever has signed in; what the confirmation answers.</summary>
    public async Task<JsonElement> EnrolAsync(HttpClient client, string login, string password)
    {
        var begun = await Eventually.GetAsync(
            () => client.PostAsJsonAsync("/api/directory/me/second-factor", new { password }), answer => answer.StatusCode != HttpStatusCode.Unauthorized);
        begun.StatusCode.ShouldBe(HttpStatusCode.OK, await begun.Content.ReadAsStringAsync());
        var secret = Totp.DecodeSecret((await begun.ReadAsync()).String("secret"))!;
        var confirmed = await client.PostAsJsonAsync("/api/directory/me/second-factor/confirmation", new { code = await NextCodeAsync(secret) });
        confirmed.StatusCode.ShouldBe(HttpStatusCode.OK, await confirmed.Content.ReadAsStringAsync());
        _secrets[login] = secret;
        return await confirmed.ReadAsync();
    }

    /// <summary>The authenticator of an account.</summary>
    public byte[] SecretOf(string login) => _secrets[login];

    public async Task<JsonElement> ApplicationAsync(params string[] scopes) => await CreatedAsync("applications", new
    {
        name = Fresh("SIMPEG "),
        ownerUnitCode = (await UnitAsync()).String("code"),
        contactName = "Budi Santoso",
        contactEmail = "budi@bekasi.go.id",
        scopes,
    });

    /// <summary>The account as it is now.</summary>
    public async Task<JsonElement> AccountNowAsync(string login) =>
        (await Administrator.GetFromJsonAsync<JsonElement>($"/api/directory/accounts?userLogin={login}")).GetProperty("items")[0];

    /// <summary>The employee number of an official who holds a position of his own.</summary>
    public async Task<string> HolderAsync(DateTimeOffset? from = null, DateTimeOffset? to = null, string? noticePhone = null)
    {
        var number = (await OfficialAsync(noticePhone)).String("employeeNumber");
        await AssignAsync(number, from, to);
        return number;
    }

    public async Task AssignAsync(string employeeNumber, DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        var held = await CreatedAsync("assignments", new { employeeNumber, positionCode = (await PositionAsync()).String("code"), from });
        if (to is not null)
            (await Administrator.PostAsJsonAsync($"/api/directory/assignments/{held.Id()}/end", new { version = 1, to })).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    public async Task<JsonElement> CreatedAsync(string list, object request)
    {
        var answer = await Administrator.PostAsJsonAsync($"/api/directory/{list}", request);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.ReadAsync();
    }
}

internal static class Reading
{
    public static async Task<JsonElement> ReadAsync(this HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();

    public static string String(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static Guid Id(this JsonElement element) => element.GetProperty("id").GetGuid();

    public static long Version(this JsonElement element) => element.GetProperty("version").GetInt64();

    public static void Use(this HttpClient client, string accessToken) => client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);

    /// <summary>What was done, as it was answered.</summary>
    public static async Task<JsonElement> DoneAsync(this Task<HttpResponseMessage> answering)
    {
        var answer = await answering;
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.ReadAsync();
    }

    /// <summary>The refusal carries this status and this problem.</summary>
    public static async Task ShouldRefuseAsync(this HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(status, body);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonDocument.Parse(body).RootElement;
        problem.String("type").ShouldBe($"urn:platform:problem:{code}");
        problem.String("title").ShouldNotBe($"problem.{code}");
        problem.String("traceId").ShouldNotBeNullOrEmpty();
    }

    /// <summary>400 that names the field.</summary>
    public static async Task ShouldNameAsync(this HttpResponseMessage answer, string field)
    {
        await answer.ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid");
        (await answer.ReadAsync()).GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldContain(field);
    }
}
