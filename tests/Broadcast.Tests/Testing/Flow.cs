using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Testing;

/// <summary>The way of a broadcast through the door, as far as a test wants it.</summary>
public static class Flow
{
    public const string Path = "/api/broadcasts";

    /// <summary>Tomorrow by the test's clock: nothing begins by itself.</summary>
    public const string Tomorrow = "2026-01-06T09:00:00+07:00";

    public static object Yes { get; } = new { isPolite = true, doesNotDiscriminate = true, isNeutral = true };

    public static HttpClient As(this BroadcastFixture city, Post post, params string[] roles) => city.Client(post.Official, roles: roles);

    /// <summary>Of an account without an official, another one at each call.</summary>
    public static HttpClient Administrator(this BroadcastFixture city) => city.Client(roles: Roles.Administrator);

    public static HttpClient Chair(this BroadcastFixture city) => city.Client(roles: Roles.Chair);

    /// <summary>A letter of authority, of the Mayor.</summary>
    public static async Task<string> LetterAsync(this BroadcastFixture city, Guid official, string kinds = "{}", Guid? unit = null, string to = "2026-12-31")
    {
        var id = Guid.CreateVersion7();
        await city.Database.ExecuteAsync($"""
            insert into authorization_letter (id, official_id, granted_by_official_id, granted_as, reference, subject, kinds, unit_ids, valid_from, valid_to, registered_by, registered_at, version)
            values ('{id}', '{official}', '{city.Mayor.Official}', 'Mayor', '{id}', 'kuasa', '{kinds}', '{(unit is null ? "{}" : $"{{{unit}}}")}', '2025-01-01', '{to}', 'test', now(), 1)
            """);
        return id.ToString();
    }

    public static Task RevokeAsync(this BroadcastFixture city, string letter) =>
        city.Database.ExecuteAsync($"update authorization_letter set revoked_at = now(), revoked_by = 'test', revoked_reason = 'uji' where id = '{letter}'");

    public static async Task<JsonElement> RequestAsync(this BroadcastFixture city, string kind = "Information", bool isEmergency = false, HttpClient? by = null)
    {
        var answer = await (by ?? city.As(city.Mayor, Roles.Mayor)).PostAsJsonAsync(Path, new { subject = "Rapat koordinasi", kind, text = "Undang semua kepala dinas", isEmergency });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Words it for everybody below a unit, the city when none is named.</summary>
    public static Task<HttpResponseMessage> TryWordAsync(
        this BroadcastFixture city, JsonElement broadcast, string text = "Rapat besok pukul 9", Guid? unit = null, HttpClient? by = null, object? invitation = null, string? sendAt = Tomorrow) =>
        (by ?? city.Administrator()).PutAsJsonAsync($"{PathOf(broadcast)}/wording",
            new { version = broadcast.Version, text, audience = new { include = new[] { new { unitId = unit ?? city.City } } }, invitation, sendAt });

    /// <summary>The broadcast as it is after it was worded.</summary>
    public static async Task<JsonElement> WordAsync(this BroadcastFixture city, JsonElement broadcast, string text = "Rapat besok pukul 9", Guid? unit = null, HttpClient? by = null, object? invitation = null)
    {
        var answer = await city.TryWordAsync(broadcast, text, unit, by, invitation);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("broadcast");
    }

    /// <summary>The broadcast after its submission, and the hash to sign.</summary>
    public static async Task<(JsonElement Broadcast, string Hash)> SubmitAsync(this BroadcastFixture city, JsonElement broadcast)
    {
        var answer = await city.ActAsync(broadcast, "submission", city.Administrator());
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var submitted = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (submitted.GetProperty("broadcast"), submitted.GetProperty("contentHash").GetString()!);
    }

    public static Task<HttpResponseMessage> ReleaseAsync((JsonElement Broadcast, string Hash) submitted, HttpClient by, string reason = "Banjir") =>
        by.PostAsJsonAsync($"{PathOf(submitted.Broadcast)}/release", new { version = submitted.Broadcast.Version, contentHash = submitted.Hash, reason });

    public static async Task<(JsonElement Broadcast, string Hash)> SubmittedAsync(this BroadcastFixture city, string text = "Rapat besok pukul 9", bool isEmergency = false, HttpClient? author = null) =>
        await city.SubmitAsync(await city.WordAsync(await city.RequestAsync(isEmergency: isEmergency), text, by: author));

    public static Task<HttpResponseMessage> ApproveAsync(this BroadcastFixture city, (JsonElement Broadcast, string Hash) submitted, HttpClient? by = null, string? reason = null) =>
        (by ?? city.Chair()).PostAsJsonAsync($"{PathOf(submitted.Broadcast)}/approval",
            new { version = submitted.Broadcast.Version, contentHash = submitted.Hash, checklist = Yes, reason });

    /// <summary>A step that needs the version and perhaps a reason.</summary>
    public static Task<HttpResponseMessage> ActAsync(this BroadcastFixture city, JsonElement broadcast, string step, HttpClient by, string? reason = null) =>
        by.PostAsJsonAsync($"{PathOf(broadcast)}/{step}", new { version = broadcast.Version, reason });

    public static async Task<JsonElement> NowAsync(this BroadcastFixture city, JsonElement broadcast) =>
        (await city.Administrator().GetFromJsonAsync<JsonElement>(PathOf(broadcast))).GetProperty("broadcast");

    public static async Task<JsonElement> BodyAsync(this HttpResponseMessage answer, HttpStatusCode status = HttpStatusCode.OK)
    {
        answer.StatusCode.ShouldBe(status, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>The stable code of a refusal.</summary>
    public static async Task<string> CodeAsync(this HttpResponseMessage answer, HttpStatusCode status = HttpStatusCode.Conflict) =>
        (await answer.BodyAsync(status)).GetProperty("type").GetString()!.Split(':')[^1];

    /// <summary>The one field that was refused.</summary>
    public static async Task<string> FieldAsync(this HttpResponseMessage answer) =>
        (await answer.BodyAsync(HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateObject().Single().Name;

    public static string PathOf(JsonElement broadcast) => $"{Path}/{broadcast.GetProperty("id").GetString()}";

    extension(JsonElement broadcast)
    {
        public long Version => broadcast.GetProperty("version").GetInt64();

        public string State => broadcast.GetProperty("state").GetString()!;
    }
}
