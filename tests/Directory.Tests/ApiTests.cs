using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Directory.Accounts;
using Directory.Storage;
using Directory.Tests.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.SignIn;
using ServiceDefaults.Persistence;

namespace Directory.Tests;

public sealed partial class ApiTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private static readonly string[] Anonymous = ["StartSession", "RefreshSession", "IssueApplicationToken", "RequestOneTimeCode", "SetPasswordByCode"];

    private List<RouteEndpoint> Endpoints => [.. directory.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal))];

    [Fact]
    public void PLT_4_every_endpoint_says_who_may_or_that_everybody_may()
    {
        Endpoints.Count.ShouldBeGreaterThan(20);
        EndpointRules.ShouldDenyByDefault(directory.Services);
        Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<Permission>()!.Anybody).Select(NameOf).ShouldBe(Anonymous, ignoreOrder: true);
    }

    [Fact]
    public Task The_API_is_the_one_that_is_checked_in() => ApiDocument.ShouldBeCheckedInAsync(directory.Client(), "services/Directory");

    [Theory]
    [InlineData("PUT", "units/{0}/operator", """{"employeeNumber":"1"}""", "replaces")]
    [InlineData("PUT", "officials/{0}/sender-id", """{"version":1}""", "senderId")]
    [InlineData("PUT", "officials/{0}/notice-phone", """{"version":1,"reason":"Nomor baru"}""", "number")]
    [InlineData("PUT", "positions/{0}/keyword", """{"version":1}""", "keyword")]
    [InlineData("POST", "assignments/{0}/correction", """{"version":1,"from":"2026-01-01T00:00:00Z","reason":"Salah"}""", "to")]
    [InlineData("POST", "units", """{"name":"Dinas"}""", "code")]
    [InlineData("PUT", "units/{0}/operator", """{"employeeNumber":"1","replaces":"bukan id"}""", "replaces")]
    [InlineData("PUT", "units/{0}/operator", "[]", "body")]
    public async Task PLT_6_what_is_missing_is_named_and_so_is_what_cannot_be_read(string method, string path, string body, string field)
    {
        using var request = new HttpRequestMessage(new(method), "/api/directory/" + path.Replace("{0}", Guid.CreateVersion7().ToString(), StringComparison.Ordinal))
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        var answer = await directory.Administrator.SendAsync(request);
        await answer.ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid");
        (await answer.ReadAsync()).GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe([field]);
    }

    [Fact]
    public async Task PLT_6_an_empty_list_an_address_and_a_site_are_refused_in_Indonesian()
    {
        var answer = await directory.PutAsync("organisation", new
        {
            version = 0,
            name = "Kota",
            sealText = "Kota",
            letterhead = Array.Empty<string>(),
            address = "Jalan 1",
            city = "Bekasi",
            email = "bukan",
            website = "bukan",
        });
        var errors = (await answer.ReadAsync()).GetProperty("errors");
        errors.GetProperty("letterhead")[0].GetString().ShouldBe("Harus berisi 1 sampai 6");
        errors.GetProperty("email")[0].GetString().ShouldBe("Bukan alamat e-mail");
        errors.GetProperty("website")[0].GetString().ShouldBe("Bukan alamat situs: dimulai dengan https:// atau http://");
    }

    [Fact]
    public void PLT_4_every_bound_type_is_public_and_every_operation_named_after_its_slice()
    {
        foreach (var endpoint in Endpoints)
        {
            var handler = endpoint.Metadata.GetMetadata<MethodInfo>()!;
            NameOf(endpoint).ShouldBe(handler.DeclaringType!.Name);
            handler.GetParameters().Where(parameter => parameter.ParameterType.Name == "Request").ShouldAllBe(parameter => parameter.ParameterType.IsVisible);
        }

        Endpoints.Select(NameOf).ShouldBeUnique();
        typeof(DirectoryDb).Assembly.GetTypes().Where(type => type.Name == "Request").ShouldAllBe(type => type.IsVisible);
    }

    [Fact]
    public async Task PLT_4_every_request_is_validated()
    {
        foreach (var endpoint in Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<MethodInfo>()!.GetParameters().Any(p => p.ParameterType.Name == "Request")))
        {
            using var request = new HttpRequestMessage(
                new(endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]),
                endpoint.RoutePattern.RawText!.Replace("{id:guid}", Guid.CreateVersion7().ToString(), StringComparison.Ordinal)
                    .Replace("{keyId:guid}", Guid.CreateVersion7().ToString(), StringComparison.Ordinal))
            {
                // Neither what is required, nor a readable reason where that is all.
                Content = new StringContent("""{"reason":"\u0001"}""", System.Text.Encoding.UTF8, "application/json"),
            };
            var answer = await directory.Administrator.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, NameOf(endpoint));
        }
    }

    [Fact]
    public async Task PLT_5_the_description_of_the_api_has_every_operation()
    {
        var document = await directory.Client().GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value.String("operationId"));
        operations.ShouldBe(Endpoints.Select(NameOf), ignoreOrder: true);

        // Each by the schema of its own request, and what may be left out is not said to be required.
        document.GetProperty("paths").GetProperty("/api/directory/accounts").GetProperty("post").GetProperty("requestBody").ToString()
            .ShouldContain("#/components/schemas/CreateAccountRequest");
        document.GetProperty("components").GetProperty("schemas").GetProperty("CreateAccountRequest").GetProperty("required")
            .EnumerateArray().Select(name => name.GetString()).ShouldBe(["userLogin", "roles"], ignoreOrder: true);
        document.GetProperty("paths").GetProperty("/api/directory/units").GetProperty("get").GetProperty("responses").ToString()
            .ShouldContain("#/components/schemas/PageOfListUnitsItem");
    }

    [Fact]
    public async Task PLT_5_the_description_of_the_api_tells_what_a_conflict_shows()
    {
        var document = await directory.Client().GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var shown = Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<CurrentState.Shown>() is not null).Select(NameOf).ToList();
        shown.Count.ShouldBeGreaterThan(20);
        foreach (var operation in document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
            .Where(operation => shown.Contains(operation.Value.String("operationId"))))
        {
            var conflict = operation.Value.GetProperty("responses").GetProperty("409").GetProperty("content").GetProperty("application/problem+json").GetProperty("schema").ToString();
            conflict.ShouldContain("\"current\"");
            foreach (var name in SchemaReference().Matches(conflict).Select(match => match.Groups["name"].Value))
                schemas.TryGetProperty(name, out _).ShouldBeTrue(name);
        }
    }

    [Fact]
    public async Task PLT_6_refusals_speak_indonesian_and_english_on_request()
    {
        var client = directory.Client();
        (await (await client.GetAsync("/api/directory/me")).ReadAsync()).String("title").ShouldBe("Silakan masuk dahulu");
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        (await (await client.GetAsync("/api/directory/me")).ReadAsync()).String("title").ShouldBe("Please sign in");
    }

    [Fact]
    public async Task PLT_4_a_repeat_under_one_idempotency_key_is_one_act_with_one_answer()
    {
        var (key, code) = (DirectoryFixture.Fresh("key-"), DirectoryFixture.Fresh("IDEM"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PostAsync("units", key, new { code, name = "Dinas" })));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Created);
        (await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()))).Distinct().Count().ShouldBe(1);
        answers.Count(answer => answer.Headers.Contains("Idempotency-Replayed")).ShouldBe(5);
        (await directory.Database.ScalarAsync<long>($"select count(*) from audit_content where after ->> 'code' = '{code}'")).ShouldBe(1);
        await (await PostAsync("units", key, new { code, name = "Lain" })).ShouldRefuseAsync(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        await (await PostAsync("units", "kunci dengan spasi", new { code, name = "Lain" })).ShouldNameAsync("Idempotency-Key");
    }

    [Fact]
    public async Task PLT_4_a_refusal_leaves_its_idempotency_key_free()
    {
        var (key, unit) = (DirectoryFixture.Fresh("key-"), await directory.UnitAsync());
        await (await PostAsync("units", key, new { code = unit.String("code"), name = "Dinas" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "code-taken");
        (await PostAsync("units", key, new { code = DirectoryFixture.Fresh("IDEM"), name = "Dinas" })).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task PLT_4_an_act_of_several_statements_joins_the_transaction_of_its_idempotency_key()
    {
        var account = await directory.AccountAsync("kata sandi pertama", null, "Secretary");
        var client = await directory.SignedInAsync(account.String("userLogin"), "kata sandi pertama");
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/directory/accounts/{account.Id()}")
        {
            Content = JsonContent.Create(new { version = 1, enabled = false }),
            Headers = { { "Idempotency-Key", DirectoryFixture.Fresh("key-") } },
        };
        (await directory.Administrator.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => (await client.GetAsync("/api/directory/me")).StatusCode == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public void PLT_4_the_stored_hash_of_a_request_does_not_cover_its_password() =>
        JsonSerializer.Serialize(new CreateAccount.Request("login", ["Secretary"], "kata sandi pertama")).ShouldNotContain("kata sandi");

    [Theory]
    [InlineData("alg none")]
    [InlineData("cookie")]
    [InlineData("query")]
    public async Task PLT_4_a_token_counts_only_in_the_header_and_only_signed(string way)
    {
        var token = directory.Administrator.DefaultRequestHeaders.Authorization!.Parameter!;
        var client = directory.Client();
        var path = "/api/directory/me";
        if (way == "alg none")
            client.Use($"{System.Buffers.Text.Base64Url.EncodeToString("""{"alg":"none","typ":"at+jwt","kid":"x"}"""u8)}.{token.Split('.')[1]}.");
        else if (way == "cookie")
            client.DefaultRequestHeaders.Add("Cookie", $"access_token={token}");
        else
            path += $"?access_token={token}";
        await (await client.GetAsync(path)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "not-signed-in");
    }

    private Task<HttpResponseMessage> PostAsync(string list, string key, object body) => directory.Administrator.SendAsync(
        new(HttpMethod.Post, $"/api/directory/{list}") { Content = JsonContent.Create(body), Headers = { { "Idempotency-Key", key } } });

    [GeneratedRegex("#/components/schemas/(?<name>[A-Za-z0-9]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SchemaReference();

    private static string? NameOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName;
}
