using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Audiences;

public sealed class RecipientListTests(BroadcastFixture fixture) : IClassFixture<BroadcastFixture>
{
    private const string Lists = "/api/broadcasts/recipient-lists";
    private static int _number;

    private HttpClient Administrator => field ??= fixture.Client(roles: Roles.Administrator);

    [Fact]
    public async Task BRO_1_an_own_list_holds_posts_and_people_each_once()
    {
        var list = await CreateAsync();
        var entries = new { positionIds = new[] { fixture.HeadOfHealth.Position, fixture.HeadOfHealth.Position }, officialIds = new[] { fixture.HealthClerk.Official } };
        (await (await AddAsync(list, entries)).ShouldBeOkAsync()).GetProperty("added").GetInt32().ShouldBe(2);
        var again = await (await AddAsync(list, entries)).ShouldBeOkAsync();
        (again.GetProperty("added").GetInt32(), again.GetProperty("alreadyThere").GetInt32()).ShouldBe((0, 2));

        var held = await EntriesAsync(list);
        held.Select(entry => entry.GetProperty("title").GetString() ?? entry.GetProperty("name").GetString()).ShouldBe(["Kepala Dinas Kesehatan", fixture.HealthClerk.Name], ignoreOrder: true);
        var entry = held[0].GetProperty("id").GetGuid();
        (await Administrator.DeleteAsync($"{Lists}/{list}/entries/{entry}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await Administrator.DeleteAsync($"{Lists}/{list}/entries/{entry}")).ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");
        (await EntriesAsync(list)).Length.ShouldBe(1);
        // What was taken out can come in again; that it stood there twice remains known.
        await (await AddAsync(list, entries)).ShouldBeOkAsync();
        (await fixture.Database.ScalarAsync<long>($"select count(*) from recipient_list_entry where list_id = '{list}'")).ShouldBe(3);
    }

    [Fact]
    public async Task BRO_1_many_who_add_the_same_at_once_add_it_once()
    {
        var list = await CreateAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AddAsync(list, new { officialIds = new[] { fixture.Mayor.Official } })));
        (await Task.WhenAll(answers.Select(async answer => (await answer.ShouldBeOkAsync()).GetProperty("added").GetInt32()))).Sum().ShouldBe(1);
    }

    [Fact]
    public async Task BRO_1_a_closed_list_takes_nothing_more_and_of_two_who_change_it_one_is_told()
    {
        var list = await CreateAsync();
        await (await Administrator.PutAsJsonAsync($"{Lists}/{list}", new { name = $"Nama baru {list}", version = 1 })).ShouldBeOkAsync();
        var stale = await (await Administrator.PostAsJsonAsync($"{Lists}/{list}/close", new { version = 1 })).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        stale.GetProperty("current").GetProperty("name").GetString().ShouldBe($"Nama baru {list}");
        (await (await Administrator.PostAsJsonAsync($"{Lists}/{list}/close", new { version = 2 })).ShouldBeOkAsync()).GetProperty("closedAt").ValueKind.ShouldBe(JsonValueKind.String);

        await (await AddAsync(list, new { officialIds = new[] { fixture.Mayor.Official } })).ShouldRefuseAsync(HttpStatusCode.Conflict, "recipient-list-closed");
        await (await Administrator.PutAsJsonAsync($"{Lists}/{list}", new { name = "Lain", version = 3 })).ShouldRefuseAsync(HttpStatusCode.Conflict, "recipient-list-closed");
        await (await Administrator.PostAsJsonAsync($"{Lists}/{list}/close", new { version = 3 })).ShouldRefuseAsync(HttpStatusCode.Conflict, "recipient-list-closed");
        (await NamesAsync("")).ShouldNotContain($"Nama baru {list}");
        (await NamesAsync("?includeClosed=true")).ShouldContain($"Nama baru {list}");
    }

    [Fact]
    public async Task BRO_1_what_is_wrong_with_a_list_is_refused_by_field()
    {
        var list = await CreateAsync("Camat");
        await (await Administrator.PostAsJsonAsync(Lists, new { name = "Camat" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "name-taken");
        var other = await CreateAsync();
        await (await Administrator.PutAsJsonAsync($"{Lists}/{other}", new { name = " Camat ", version = 1 })).ShouldRefuseAsync(HttpStatusCode.Conflict, "name-taken");
        await (await Administrator.PostAsJsonAsync(Lists, new { name = " " })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid", "name");
        await (await AddAsync(list, new { })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "empty", "positionIds");
        await (await AddAsync(list, new { positionIds = new[] { Guid.CreateVersion7() } })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "position-unknown", "positionIds");
        await (await AddAsync(list, new { officialIds = new[] { Guid.CreateVersion7() } })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "official-not-registered", "officialIds");
        await (await AddAsync(Guid.CreateVersion7(), new { officialIds = new[] { fixture.Mayor.Official } })).ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");
        (await fixture.Client(roles: Roles.Chair).PostAsJsonAsync(Lists, new { name = "Ketua" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<Guid> CreateAsync(string? name = null)
    {
        var answer = await Administrator.PostAsJsonAsync(Lists, new { name = name ?? $"Daftar {Interlocked.Increment(ref _number)}" });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }

    private Task<HttpResponseMessage> AddAsync(Guid list, object entries) => Administrator.PostAsJsonAsync($"{Lists}/{list}/entries", entries);

    private async Task<JsonElement[]> EntriesAsync(Guid list) =>
        [.. (await fixture.Client(roles: Roles.Secretary).GetFromJsonAsync<JsonElement>($"{Lists}/{list}/entries")).GetProperty("items").EnumerateArray()];

    private async Task<string[]> NamesAsync(string query) =>
        [.. (await Administrator.GetFromJsonAsync<JsonElement>(Lists + query)).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!)];
}
