using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Testing;

namespace Directory.Tests.Applications;

public sealed class ApplicationTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Applications = "/api/directory/applications";

    [Fact]
    public async Task DIR_8_an_application_changes_its_key_for_a_token_that_opens_what_its_scopes_open()
    {
        var (id, key) = await RegisteredAsync("organisation.read");

        var answer = await TokenAsync(id, key);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var token = await answer.ReadAsync();
        token.String("token_type").ShouldBe("Bearer");
        token.GetProperty("expires_in").GetInt32().ShouldBe(300);
        token.String("scope").ShouldBe("organisation.read");
        var client = Client(token);
        (await client.GetAsync("/api/directory/units")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await client.GetAsync("/api/directory/officials")).ShouldRefuseAsync(HttpStatusCode.Forbidden, "forbidden");
        await (await client.GetAsync("/api/directory/me")).ShouldRefuseAsync(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task DIR_8_a_token_can_ask_for_less_and_not_for_more()
    {
        var (id, key) = await RegisteredAsync("organisation.read", "people.read");

        var less = await (await TokenAsync(id, key, "&scope=people.read")).ReadAsync();
        less.String("scope").ShouldBe("people.read");
        await (await Client(less).GetAsync("/api/directory/units")).ShouldRefuseAsync(HttpStatusCode.Forbidden, "forbidden");
        (await Client(less).GetAsync("/api/directory/officials")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await ShouldBeAsync(await TokenAsync(id, key, "&scope=people.read+audit.read"), HttpStatusCode.BadRequest, "invalid_scope");
    }

    [Fact]
    public async Task DIR_8_a_key_is_shown_once_and_kept_as_a_digest()
    {
        var (id, key) = await RegisteredAsync();

        key.ShouldStartWith("plat_");
        (await directory.Administrator.GetStringAsync(Applications)).ShouldNotContain(key);
        (await directory.Database.ScalarAsync<long>($"select count(*) from application_key where application_id = '{id}' and hash = sha256('{key}')")).ShouldBe(1);
        foreach (var table in new[] { "audit_content", "audit_entry", "idempotency", "outbox" })
            (await directory.Database.ScalarAsync<long>($"select count(*) from {table} t where t::text like '%{key}%'")).ShouldBe(0);
    }

    [Fact]
    public async Task DIR_8_the_next_key_overlaps_the_last_and_there_is_no_third()
    {
        var (id, first) = await RegisteredAsync();
        var second = await KeyAsync(id);
        (await TokenAsync(id, first)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await TokenAsync(id, second.String("key"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await CreateKeyAsync(id)).ShouldRefuseAsync(HttpStatusCode.Conflict, "two-keys");

        await RevokeAsync(id, (await ApplicationAsync(id)).GetProperty("keys")[1].Id());

        await ShouldBeAsync(await TokenAsync(id, first), HttpStatusCode.Unauthorized, "invalid_client");
        (await TokenAsync(id, second.String("key"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await CreateKeyAsync(id)).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task DIR_8_of_two_administrators_who_give_out_a_key_at_once_one_does()
    {
        var (id, _) = await RegisteredAsync();
        var version = (await ApplicationAsync(id)).Version();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => directory.Administrator.PostAsJsonAsync($"{Applications}/{id}/keys", new { version })));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
            (await refused.ReadAsync()).GetProperty("current").Version().ShouldBe(version + 1);
        }
    }

    [Fact]
    public async Task DIR_8_a_revoked_key_ends_its_tokens_at_once_and_is_told_to_every_service()
    {
        var (id, key) = await RegisteredAsync("organisation.read");
        var client = Client(await (await TokenAsync(id, key)).ReadAsync());
        (await client.GetAsync("/api/directory/units")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var keyId = (await ApplicationAsync(id)).GetProperty("keys")[0].Id();

        await RevokeAsync(id, keyId);

        await Eventually.TrueAsync(async () => (await client.GetAsync("/api/directory/units")).StatusCode == HttpStatusCode.Unauthorized, seconds: 5);
        await directory.Bus.GetAsync<SignInStatePublished>(state => state.RevokedSessions.Contains(keyId));
        await RevokeAsync(id, keyId);
        (await directory.Database.ScalarAsync<long>($"select count(*) from audit_entry where subject_id = '{id}' and act = 'RevokeApplicationKey'")).ShouldBe(1);
    }

    [Fact]
    public async Task DIR_8_a_suspended_application_is_out_with_all_its_keys_and_in_again()
    {
        var (id, key) = await RegisteredAsync("organisation.read");
        var client = Client(await (await TokenAsync(id, key)).ReadAsync());

        await EditAsync(id, new { suspended = true, reason = "Kebocoran data" });
        await ShouldBeAsync(await TokenAsync(id, key), HttpStatusCode.Unauthorized, "invalid_client");
        await Eventually.TrueAsync(async () => (await client.GetAsync("/api/directory/units")).StatusCode == HttpStatusCode.Unauthorized, seconds: 5);

        await EditAsync(id, new { suspended = false });
        (await TokenAsync(id, key)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => (await client.GetAsync("/api/directory/units")).StatusCode == HttpStatusCode.OK, seconds: 5);
    }

    [Fact]
    public async Task DIR_8_other_scopes_are_in_the_next_token()
    {
        var (id, key) = await RegisteredAsync("organisation.read");
        await EditAsync(id, new { scopes = new[] { "people.read" } });
        (await (await TokenAsync(id, key)).ReadAsync()).String("scope").ShouldBe("people.read");
    }

    [Fact]
    public async Task DIR_8_the_last_use_is_noted_once_a_minute()
    {
        var (id, key) = await RegisteredAsync();
        (await ApplicationAsync(id)).GetProperty("keys")[0].GetProperty("lastUsedAt").ValueKind.ShouldBe(JsonValueKind.Null);
        await TokenAsync(id, key);
        var noted = await directory.Database.ScalarAsync<string>($"select xmin::text from application_key where application_id = '{id}'");
        await TokenAsync(id, key);
        (await directory.Database.ScalarAsync<string>($"select xmin::text from application_key where application_id = '{id}'")).ShouldBe(noted);
        (await ApplicationAsync(id)).GetProperty("keys")[0].GetProperty("lastUsedAt").GetDateTimeOffset().ShouldBe(directory.Clock.GetUtcNow());
    }

    [Theory]
    [InlineData("wrong key", "invalid_client", HttpStatusCode.Unauthorized)]
    [InlineData("no key", "invalid_client", HttpStatusCode.Unauthorized)]
    [InlineData("no such application", "invalid_client", HttpStatusCode.Unauthorized)]
    [InlineData("key in the body", "invalid_client", HttpStatusCode.Unauthorized)]
    [InlineData("key of another", "invalid_client", HttpStatusCode.Unauthorized)]
    [InlineData("no grant", "invalid_request", HttpStatusCode.BadRequest)]
    [InlineData("grant twice", "invalid_request", HttpStatusCode.BadRequest)]
    [InlineData("password grant", "unsupported_grant_type", HttpStatusCode.BadRequest)]
    public async Task DIR_8_refusals_are_those_of_rfc_6749(string what, string error, HttpStatusCode status)
    {
        var (id, key) = await RegisteredAsync();
        var (_, foreign) = await RegisteredAsync();
        var form = what switch
        {
            "no grant" => "scope=",
            "grant twice" => "grant_type=client_credentials&grant_type=client_credentials",
            "password grant" => "grant_type=password&username=a&password=b",
            "key in the body" => $"grant_type=client_credentials&client_id={id}&client_secret={key}",
            _ => "grant_type=client_credentials",
        };
        var (user, secret) = what switch
        {
            "wrong key" => (id.ToString(), "plat_" + new string('A', 43)),
            "no key" => (id.ToString(), ""),
            "no such application" => (Guid.CreateVersion7().ToString(), key),
            "key of another" => (id.ToString(), foreign),
            _ => (id.ToString(), key),
        };

        var answer = await PostFormAsync(what == "key in the body" ? null : $"{user}:{secret}", form);

        await ShouldBeAsync(answer, status, error);
        answer.Headers.WwwAuthenticate.Any(challenge => challenge.Scheme == "Basic").ShouldBe(status == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task DIR_9_failed_attempts_are_in_the_trail_the_first_the_tenth_and_the_hundredth()
    {
        var (id, _) = await RegisteredAsync();
        foreach (var _ in Enumerable.Range(0, 12))
            await TokenAsync(id, "plat_" + new string('A', 43));
        foreach (var _ in Enumerable.Range(0, 3))
            await TokenAsync(Guid.CreateVersion7(), "plat_" + new string('A', 43));

        (await TriesAsync(id)).ShouldBe("1,10");
        (await TriesAsync(Guid.Empty)).ShouldStartWith("1");
        (await directory.Database.ScalarAsync<long>("select count(*) from failed_sign_in where subject_kind = 'Application'")).ShouldBeLessThan(20);
    }

    [Fact]
    public async Task DIR_9_every_act_on_an_application_is_in_the_trail()
    {
        var (id, _) = await RegisteredAsync();
        await EditAsync(id, new { contactName = "Dewi", reason = "Mutasi" });
        await RevokeAsync(id, (await ApplicationAsync(id)).GetProperty("keys")[0].Id());

        var acts = (await directory.Administrator.GetFromJsonAsync<JsonElement>($"/api/directory/audit?subjectId={id}")).GetProperty("items").EnumerateArray().ToList();
        acts.Select(entry => entry.String("act")).ShouldBe(["RevokeApplicationKey", "EditApplication", "CreateApplicationKey", "RegisterApplication"]);
        acts[1].String("reason").ShouldBe("Mutasi");
    }

    [Theory]
    [InlineData("""{"name":"","ownerUnitCode":"U","contactName":"Budi","contactEmail":"budi@bekasi.go.id","scopes":[]}""", "name")]
    [InlineData("""{"name":"A","ownerUnitCode":"TIDAK-ADA","contactName":"Budi","contactEmail":"budi@bekasi.go.id","scopes":[]}""", "ownerUnitCode")]
    [InlineData("""{"name":"A","ownerUnitCode":"U","contactName":"Budi","contactEmail":"budi","scopes":[]}""", "contactEmail")]
    [InlineData("""{"name":"A","ownerUnitCode":"U","contactName":"Budi","contactEmail":"budi@bekasi.go.id","scopes":["accounts.edit"]}""", "scopes")]
    [InlineData("""{"name":"A","ownerUnitCode":"U","contactName":"Budi","contactEmail":"budi@bekasi.go.id","scopes":[null]}""", "scopes")]
    [InlineData("""{"name":"A","ownerUnitCode":"U","contactName":"Budi","contactEmail":"budi@bekasi.go.id"}""", "scopes")]
    public async Task DIR_8_garbage_is_refused_by_the_name_of_its_field(string body, string field)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        await (await directory.Administrator.PostAsync(Applications, content)).ShouldNameAsync(field);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(731)]
    public async Task DIR_8_a_key_ends_in_two_years_at_most(int days)
    {
        var (id, _) = await RegisteredAsync();
        await (await CreateKeyAsync(id, directory.Clock.GetUtcNow().AddDays(days))).ShouldNameAsync("expiresAt");
    }

    [Fact]
    public async Task DIR_8_a_name_is_one_applications()
    {
        var (id, _) = await RegisteredAsync();
        var (other, _) = await RegisteredAsync();
        var name = (await ApplicationAsync(id)).String("name").ToUpperInvariant();
        await (await directory.Administrator.PatchAsJsonAsync($"{Applications}/{other}", new { version = (await ApplicationAsync(other)).Version(), name }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "name-taken");
    }

    private async Task<(Guid Id, string Key)> RegisteredAsync(params string[] scopes)
    {
        var id = (await directory.ApplicationAsync(scopes)).Id();
        return (id, (await KeyAsync(id)).String("key"));
    }

    private async Task<JsonElement> KeyAsync(Guid id)
    {
        var answer = await CreateKeyAsync(id);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        return await answer.ReadAsync();
    }

    private async Task<HttpResponseMessage> CreateKeyAsync(Guid id, DateTimeOffset? expiresAt = null) =>
        await directory.Administrator.PostAsJsonAsync($"{Applications}/{id}/keys", new { version = (await ApplicationAsync(id)).Version(), expiresAt });

    private async Task RevokeAsync(Guid id, Guid keyId) =>
        (await directory.Administrator.PostAsJsonAsync($"{Applications}/{id}/keys/{keyId}/revocation", new { reason = "Rotasi" })).StatusCode.ShouldBe(HttpStatusCode.OK);

    private async Task EditAsync(Guid id, object change)
    {
        var request = JsonSerializer.SerializeToNode(change)!.AsObject();
        request["version"] = (await ApplicationAsync(id)).Version();
        (await directory.Administrator.PatchAsJsonAsync($"{Applications}/{id}", request)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<JsonElement> ApplicationAsync(Guid id)
    {
        var code = await directory.Database.ScalarAsync<string>($"select code from unit where id = (select owner_unit_id from application where id = '{id}')");
        return (await directory.Administrator.GetFromJsonAsync<JsonElement>($"{Applications}?ownerUnitCode={code}")).GetProperty("items").EnumerateArray().Single();
    }

    private Task<HttpResponseMessage> TokenAsync(Guid id, string key, string more = "") => PostFormAsync($"{id}:{key}", "grant_type=client_credentials" + more);

    private async Task<HttpResponseMessage> PostFormAsync(string? credentials, string form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/directory/oauth/token") { Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded") };
        if (credentials is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        return await directory.Client().SendAsync(request);
    }

    private HttpClient Client(JsonElement token)
    {
        var client = directory.Client();
        client.Use(token.String("access_token"));
        return client;
    }

    private Task<string> TriesAsync(Guid subject) => directory.Database.ScalarAsync<string>($"""
        select string_agg(c.after ->> 'tries', ',' order by e.at, (c.after ->> 'tries')::int) from audit_entry e join audit_content c on c.entry_id = e.id
        where e.act = 'FailedSignIn' and e.subject_kind = 'Application' and e.subject_id = '{subject}' and e.actor = 'anonymous'
        """);

    private static async Task ShouldBeAsync(HttpResponseMessage answer, HttpStatusCode status, string error)
    {
        answer.StatusCode.ShouldBe(status, await answer.Content.ReadAsStringAsync());
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await answer.ReadAsync()).String("error").ShouldBe(error);
    }
}
