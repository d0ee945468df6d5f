using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace UnderFire.Tests;

/// <summary>Changes the directory, and remembers the last version that was told.</summary>
public sealed class Administrator : IDisposable
{
    private const string Api = "/api/directory";

    private readonly Person _person = Person.Of("ADMIN");
    private readonly ConcurrentDictionary<Guid, long> _versions = new();

    public IReadOnlyDictionary<Guid, long> Versions => _versions;

    public Task CreateUnitAsync(string code) => _person.DoAsync(HttpMethod.Post, $"{Api}/units", new { code, name = $"Kantor {code}" });

    public Task<Guid> CreatePositionAsync(string code, string unitCode, string? keyword = null) =>
        DoAsync(HttpMethod.Post, "positions", new { code, title = $"Jabatan {code}", unitCode, kind = "Staff", keyword });

    /// <summary>Registers an official, who takes the position.</summary>
    public async Task HireAsync(string employeeNumber, string positionCode)
    {
        await DoAsync(HttpMethod.Post, "officials", new { employeeNumber, name = $"Pejabat {employeeNumber}" });
        await DoAsync(HttpMethod.Post, "assignments", new { employeeNumber, positionCode });
    }

    public Task CreateAccountAsync(string employeeNumber, string password) =>
        _person.DoAsync(HttpMethod.Post, $"{Api}/accounts", new { userLogin = employeeNumber, password, roles = Array.Empty<string>(), employeeNumber });

    /// <summary>A new title, the keyword taken away or given back, another holder, another notice phone.</summary>
    public async Task ChangeAsync(string run, string changingKeyword)
    {
        var position = await OnlyAsync($"positions?code={run}-3");
        var id = await DoAsync(HttpMethod.Patch, $"positions/{Id(position)}", new { version = Version(position), title = $"Jabatan {Version(position) + 1}" });
        var keyword = position.GetProperty("keyword").GetString() is null ? changingKeyword : null;
        await DoAsync(HttpMethod.Put, $"positions/{id}/keyword", new { version = _versions[id], keyword });

        var held = (await _person.DoAsync(HttpMethod.Get, $"{Api}/assignments?positionCode={run}-3")).GetProperty("items")[0];
        await DoAsync(HttpMethod.Post, $"assignments/{Id(held)}/end", new { version = Version(held), to = TimeProvider.System.GetUtcNow() });
        await DoAsync(HttpMethod.Post, "assignments", new { employeeNumber = $"{run}-3", positionCode = $"{run}-3" });

        var official = await OnlyAsync($"officials?employeeNumber={run}-3");
        var number = $"+62811{RandomNumberGenerator.GetInt32(10_000_000, 99_999_999).ToString(CultureInfo.InvariantCulture)}";
        await DoAsync(HttpMethod.Put, $"officials/{Id(official)}/notice-phone", new { version = Version(official), number, reason = "Nomor baru" });
    }

    public void Dispose() => _person.Dispose();

    private async Task<JsonElement> OnlyAsync(string path) => (await _person.DoAsync(HttpMethod.Get, $"{Api}/{path}")).GetProperty("items")[0];

    private async Task<Guid> DoAsync(HttpMethod method, string path, object body)
    {
        var done = await _person.DoAsync(method, $"{Api}/{path}", body);
        _versions[Id(done)] = Version(done);
        return Id(done);
    }

    private static Guid Id(JsonElement item) => item.GetProperty("id").GetGuid();

    private static long Version(JsonElement item) => item.GetProperty("version").GetInt64();
}
