using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace EndToEnd.Tests;

/// <summary>Somebody of the office who gets its broadcasts.</summary>
public sealed record Recipient(Guid Id, string Name, string Number);

/// <summary>
/// What the tests of broadcasts have for themselves in the running platform: an office whose people get them, a Chair, and somebody who asks for them by a letter of
/// authority, since the city's Mayor is one only, and the demonstration's.
/// </summary>
public sealed class Coordination : IAsyncLifetime
{
    public const string Api = "/api/broadcasts";
    private const string Directory = "/api/directory";

    private readonly string _run = Convert.ToHexString(RandomNumberGenerator.GetBytes(4));

    public Person Administrator { get; } = Person.Of("ADMIN");
    public Person Originator { get; private set; } = null!;
    public Person Chair { get; private set; } = null!;
    public string ChairNumber { get; } = Platform.NewCitizen();

    /// <summary>The first of <see cref="Recipients"/>; the others have a telephone and no account.</summary>
    public Person Reader { get; private set; } = null!;
    public IReadOnlyList<Recipient> Recipients { get; private set; } = null!;

    private Guid Office { get; set; }

    public async ValueTask InitializeAsync()
    {
        await AddAsync("units", new { code = _run, name = $"Kantor {_run}" });
        Office = await AddAsync("units", new { code = $"{_run}.1", name = $"Bidang {_run}", parentCode = _run });
        Recipients = [await HireAsync("1", $"{_run}.1"), await HireAsync("2", $"{_run}.1"), await HireAsync("3", $"{_run}.1")];
        var originator = await HireAsync("asal", _run);
        await AddAsync("officials", new { employeeNumber = $"{_run}-ketua", name = $"Ketua {_run}", noticePhone = ChairNumber });
        Reader = new(await AccountAsync("1"));
        Originator = new(await AccountAsync("asal"));
        Chair = new(await AccountAsync("ketua", "Chair"));
        await AuthoriseAsync(originator.Id);
        await Eventually.TrueAsync(async () => (await ReachAsync()).GetProperty("recipients").GetInt32() == Recipients.Count);
    }

    public ValueTask DisposeAsync()
    {
        Administrator.Dispose();
        Originator?.Dispose();
        Chair?.Dispose();
        Reader?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Asked for by the originator, worded by the Administrator for the office, and submitted.</summary>
    public async Task<Submitted> SubmittedAsync(string word)
    {
        // Nothing but an emergency goes at night, and tests run at any hour.
        var asked = await Originator.DoAsync(HttpMethod.Post, Api, new { subject = $"Siaga {word}", kind = "Information", text = "Semua siaga banjir", isEmergency = true });
        var (id, number) = (asked.GetProperty("id").GetGuid(), asked.GetProperty("number").GetInt64());
        var text = $"Yth. {{nama}}, siaga banjir {word}. Balas KOR{number} hadir";
        var worded = await Administrator.DoAsync(HttpMethod.Put, $"{Api}/{id}/wording",
            new { version = asked.GetProperty("version").GetInt64(), text, audience = Audience, answers = "Attendance" });
        var submitted = await Administrator.DoAsync(HttpMethod.Post, $"{Api}/{id}/submission", new { version = worded.GetProperty("broadcast").GetProperty("version").GetInt64() });
        return new(id, number, submitted.GetProperty("broadcast").GetProperty("version").GetInt64(), submitted.GetProperty("contentHash").GetString()!, text);
    }

    public static Task<HttpResponseMessage> ApproveAsync(Person who, Submitted broadcast) => who.AskAsync(HttpMethod.Post, $"{Api}/{broadcast.Id}/approval", new
    {
        version = broadcast.Version,
        contentHash = broadcast.Hash,
        checklist = new { isPolite = true, doesNotDiscriminate = true, isNeutral = true },
    });

    /// <summary>What became of it, as the originator reads it; waits until it passes.</summary>
    public Task<JsonElement> ReportAsync(Submitted broadcast, Func<JsonElement, bool> passes) =>
        Eventually.GetAsync(() => Originator.DoAsync(HttpMethod.Get, $"{Api}/{broadcast.Id}/report"), report => passes(report.GetProperty("outcome")));

    private object Audience => new { include = new[] { new { unitId = Office } } };

    private async Task<JsonElement> ReachAsync()
    {
        // The office itself may still be unknown there.
        using var answer = await Administrator.AskAsync(HttpMethod.Post, $"{Api}/audience/preview", new { audience = Audience });
        return answer.StatusCode == HttpStatusCode.BadRequest
            ? JsonElement.Parse("""{"recipients":0}""")
            : JsonElement.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
    }

    /// <summary>The Mayor's letter, as soon as the originator is known where it is kept.</summary>
    private async Task AuthoriseAsync(Guid originator)
    {
        var mayor = await OnlyAsync($"officials?employeeNumber={(await OnlyAsync("assignments?positionCode=WALIKOTA")).GetProperty("employeeNumber").GetString()}");
        var from = TimeProvider.System.GetUtcNow();
        await Eventually.TrueAsync(async () =>
        {
            using var answer = await Administrator.AskAsync(HttpMethod.Post, $"{Api}/letters", new
            {
                officialId = originator,
                grantedByOfficialId = mayor.GetProperty("id").GetGuid(),
                reference = $"{_run}/SK",
                subject = "Kuasa mengirim siaran",
                validFrom = from,
                validTo = from.AddDays(1),
            });
            return answer.StatusCode == HttpStatusCode.Created;
        });
    }

    private async Task<Recipient> HireAsync(string who, string unitCode)
    {
        var (employeeNumber, name, number) = ($"{_run}-{who}", $"Pejabat {_run} {who}", Platform.NewCitizen());
        await AddAsync("positions", new { code = employeeNumber, title = $"Jabatan {who}", unitCode, kind = "Staff" });
        var id = await AddAsync("officials", new { employeeNumber, name, noticePhone = number });
        await AddAsync("assignments", new { employeeNumber, positionCode = employeeNumber });
        return new(id, name, number);
    }

    private async Task<Login> AccountAsync(string who, params string[] roles)
    {
        var (login, given, password) = ($"{_run}-{who}", Guid.CreateVersion7().ToString(), Guid.CreateVersion7().ToString());
        await AddAsync("accounts", new { userLogin = login, password = given, roles, employeeNumber = login });
        await Login.ChangePasswordAsync(login, given, password);
        return roles.Length == 0 ? new(login, password) : await Login.EnrolAsync(login, password);
    }

    private async Task<Guid> AddAsync(string what, object body) => (await Administrator.DoAsync(HttpMethod.Post, $"{Directory}/{what}", body)).GetProperty("id").GetGuid();

    private async Task<JsonElement> OnlyAsync(string path) => (await Administrator.DoAsync(HttpMethod.Get, $"{Directory}/{path}")).GetProperty("items")[0];
}

/// <summary>A broadcast that waits for its examination.</summary>
/// <param name="Hash">Of all that is signed.</param>
/// <param name="Text">With its placeholder.</param>
public sealed record Submitted(Guid Id, long Number, long Version, string Hash, string Text)
{
    public string For(Recipient recipient) => Text.Replace("{nama}", recipient.Name, StringComparison.Ordinal);
}
