using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests;

/// <summary>A gateway of the test's own before the real services of the test platform.</summary>
public sealed class GatewayTests
{
    private static readonly object WrongLogin = new { userLogin = "tidak-ada", password = "Tidak-Benar-123" };

    [Fact]
    public async Task PLT_4_guessing_passwords_is_slowed_down_by_address()
    {
        await using var gateway = Start(("Limits:SignInsPerMinute", "3"));
        using var client = gateway.CreateClient();
        for (var n = 0; n < 3; n++)
            (await SignInAsync(client)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var refused = await SignInAsync(client);
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString().ShouldBe("urn:platform:problem:too-many-requests");
    }

    [Theory]
    [InlineData(null, HttpStatusCode.TooManyRequests)]
    [InlineData("127.0.0.1", HttpStatusCode.Unauthorized)]
    [InlineData("203.0.113.1", HttpStatusCode.TooManyRequests)]
    public async Task PLT_4_a_forwarded_address_counts_only_from_a_named_proxy(string? proxy, HttpStatusCode second)
    {
        await using var gateway = Start(("Limits:SignInsPerMinute", "1"), ("TrustedProxies:0", proxy));
        using var client = gateway.CreateClient();
        (await SignInAsync(client, "198.51.100.1")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SignInAsync(client, "198.51.100.2")).StatusCode.ShouldBe(second);
    }

    [Fact]
    public async Task PLT_4_all_addresses_of_one_line_of_IPv6_share_its_limit()
    {
        await using var gateway = Start(("Limits:SignInsPerMinute", "1"), ("TrustedProxies:0", "127.0.0.1"));
        using var client = gateway.CreateClient();
        (await SignInAsync(client, "2001:db8:1:1::1")).StatusCode.ShouldNotBe(HttpStatusCode.TooManyRequests);
        (await SignInAsync(client, "2001:db8:1:1:ffff::9")).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await SignInAsync(client, "2001:db8:1:2::1")).StatusCode.ShouldNotBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_service_that_never_answers_is_504_and_one_that_is_away_502_with_problem_details()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}";
        await using (var gateway = Start(("services:directory:http:0", address), ("Limits:ServiceAnswer", "00:00:01")))
        {
            using var client = gateway.CreateClient();
            await ShouldBeProblemAsync(await client.GetAsync("/api/directory/units"), HttpStatusCode.GatewayTimeout, "time-out");
        }

        silent.Stop();
        await using (var gateway = Start(("services:directory:http:0", address), ("services:inboundsms:http:0", address)))
        {
            using var client = gateway.CreateClient();
            await ShouldBeProblemAsync(await client.GetAsync("/api/directory/units"), HttpStatusCode.BadGateway, "unavailable");
            var webhook = await client.PostAsync("/webhooks/sms/kannel", new StringContent("x"));
            webhook.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
            (await webhook.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task An_instance_that_is_away_is_left_out_and_the_other_serves()
    {
        var directory = $"http://127.0.0.1:{Servers.Setting("DIRECTORY_PORT")}";
        await using var gateway = Start(("services:directory:http:0", directory), ("services:directory:http:1", "http://127.0.0.1:9"));
        using var client = gateway.CreateClient();
        await Eventually.TrueAsync(async () =>
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetAsync("/api/directory/units")));
            return answers.All(answer => answer.StatusCode == HttpStatusCode.Unauthorized);
        });
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task SMS_1_a_providers_call_reaches_the_door_with_its_very_bytes(string method)
    {
        // A signature is over what was sent: escapes in either case, a plus, an empty value, an order. Only needless escapes of plain letters are written anew.
        const string Query = "?text=DINKES%20obat+%3d%3D%2f%26&sig=~&b=&a=%F0%9F%98%80";
        await using var service = WebApplication.CreateSlimBuilder().Build();
        service.Urls.Add("http://127.0.0.1:0");
        service.MapMethods("/webhooks/sms/{channel}", [method], async (HttpRequest request) =>
        {
            using var body = new StreamReader(request.Body);
            return $"{request.QueryString.Value} {request.Headers.Authorization} {request.Headers["X-Twilio-Signature"]} {await body.ReadToEndAsync()}";
        });
        await service.StartAsync();
        await using var gateway = Start(("services:inboundsms:http:0", service.Urls.Single()));
        // Not the factory's client, which writes addresses anew.
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new(method), new Uri($"{gateway.ClientOptions.BaseAddress.GetLeftPart(UriPartial.Authority)}/webhooks/sms/vonage{Query}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Headers.Authorization = new("Basic", "a290YTpyYWhhc2lh");
        request.Headers.Add("X-Twilio-Signature", "US9i30zfm47O62Fa5esXnreHoCk=");
        if (method == "POST")
            request.Content = new StringContent("a=%7e&b=+");
        using var answer = await client.SendAsync(request);
        (await answer.Content.ReadAsStringAsync()).ShouldBe($"{Query} Basic a290YTpyYWhhc2lh US9i30zfm47O62Fa5esXnreHoCk= {(method == "POST" ? "a=%7e&b=+" : "")}");
    }

    [Theory]
    [InlineData("/api/directory/imports", 3, HttpStatusCode.OK)]
    [InlineData("/api/directory/imports", 9, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("/api/directory/units", 3, HttpStatusCode.RequestEntityTooLarge)]
    public async Task DIR_1_a_file_to_import_is_larger_than_what_other_doors_take(string path, int megabytes, HttpStatusCode status)
    {
        await using var directory = WebApplication.CreateSlimBuilder().Build();
        directory.Urls.Add("http://127.0.0.1:0");
        directory.MapPost(path, async (HttpRequest request) => await request.Body.CopyToAsync(Stream.Null));
        await directory.StartAsync();
        await using var gateway = Start(("services:directory:http:0", directory.Urls.Single()));
        using var client = gateway.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(new byte[megabytes * 1024 * 1024]), Headers = { ExpectContinue = true } };
        (await client.SendAsync(request)).StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task SMS_12_messages_of_the_web_form_are_limited_by_address_and_reading_is_not()
    {
        await using var service = WebApplication.CreateSlimBuilder().Build();
        service.Urls.Add("http://127.0.0.1:0");
        service.Map("/publik/api/messages", () => "yes");
        service.MapGet("/publik/api/challenges", () => "yes");
        service.MapGet("/publik/api/cases/{number}", () => "yes");
        await service.StartAsync();
        await using var gateway = Start(("services:inboundsms:http:0", service.Urls.Single()), ("Limits:SubmissionsPerMinute", "2"));
        using var client = gateway.CreateClient();
        for (var n = 0; n < 2; n++)
            (await client.PostAsync("/publik/api/messages", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldBeProblemAsync(await client.PostAsync("/publik/api/messages", null), HttpStatusCode.TooManyRequests, "too-many-requests");
        foreach (var path in new[] { "messages", "challenges", "cases/1" })
            (await client.GetAsync($"/publik/api/{path}")).StatusCode.ShouldBe(HttpStatusCode.OK, path);
    }

    [Theory]
    [InlineData("/publik/api/messages")]
    [InlineData("/publik/data/cases.csv")]
    [InlineData("/publik/data/cases.json?from=2026-01-01&to=2026-02-01")]
    [InlineData("/publik/open311/v2/services.json")]
    [InlineData("/publik/open311/v2/requests.xml")]
    public async Task SMS_8_everybody_reads_what_is_public_and_caches_may_keep_it_for_a_minute(string path)
    {
        await using var gateway = Start();
        using var client = gateway.CreateClient();
        using var answer = await client.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl!.Public.ShouldBeTrue();
        answer.Headers.CacheControl.MaxAge!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        using var again = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        (await client.SendAsync(again)).StatusCode.ShouldBeOneOf(HttpStatusCode.NotModified, HttpStatusCode.OK);
    }

    [Fact]
    public async Task SMS_8_nothing_else_is_open_below_publik_and_nobody_writes_there_but_by_the_web_form()
    {
        await using var service = WebApplication.CreateSlimBuilder().Build();
        service.Urls.Add("http://127.0.0.1:0");
        service.Map("{**everything}", () => "reached");
        await service.StartAsync();
        await using var gateway = Start(("services:inboundsms:http:0", service.Urls.Single()));
        using var client = gateway.CreateClient();
        foreach (var path in new[] { "/publik", "/publik/", "/publik/lain", "/publik/database", "/publik/data-mentah/x", "/publik/open3110/v2", "/PUBLIK/health/ready", "/publik/%2e%2e/openapi/v1.json" })
            (await client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        foreach (var path in new[] { "/publik/data/cases.csv", "/publik/open311/v2/requests.json", "/publik/api/units" })
        {
            (await client.GetStringAsync(path)).ShouldBe("reached", path);
            foreach (var method in new[] { "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE" })
            {
                using var request = new HttpRequestMessage(new(method), path);
                (await client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed, $"{method} {path}");
            }
        }

        (await client.PostAsync("/publik/api/messages", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.DeleteAsync("/publik/api/messages")).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task SMS_4_a_live_stream_passes_at_once_and_lasts_longer_than_an_answer_may_take()
    {
        const string path = "/api/inbound-sms/messages/events";
        var goOn = new TaskCompletionSource();
        await using var inbound = WebApplication.CreateSlimBuilder().Build();
        inbound.Urls.Add("http://127.0.0.1:0");
        inbound.MapGet(path, () => TypedResults.ServerSentEvents(EventsAsync(goOn.Task)));
        await inbound.StartAsync();
        await using var gateway = Start(("services:inboundsms:http:0", inbound.Urls.Single()), ("Limits:ServiceAnswer", "00:00:01"));
        gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Single(endpoint => endpoint.RoutePattern.RawText == path)
            .Metadata.GetMetadata<DisableRequestTimeoutAttribute>().ShouldNotBeNull();
        using var client = gateway.CreateClient();
        using var response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        // Each comes through alone, while the one behind it has not been said; together they take longer than ServiceAnswer.
        for (var n = 0; n < 5; n++)
        {
            (await reader.ReadLineAsync()).ShouldBe("event: heartbeat");
            (await reader.ReadLineAsync()).ShouldBe($"data: {n}");
            (await reader.ReadLineAsync()).ShouldBe("");
        }

        goOn.SetResult();
        (await reader.ReadLineAsync()).ShouldBe("event: heartbeat");
    }

    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(Task goOn)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        for (var n = 0; n < 5 && await timer.WaitForNextTickAsync(); n++)
            yield return new($"{n}", "heartbeat");
        await goOn;
        yield return new("end", "heartbeat");
    }

    private static WebApplicationFactory<Program> Start(params (string Key, string? Value)[] settings)
    {
        var gateway = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        {
            host.UseSetting("services:directory:http:0", $"http://127.0.0.1:{Servers.Setting("DIRECTORY_PORT")}");
            host.UseSetting("services:inboundsms:http:0", $"http://127.0.0.1:{Servers.Setting("INBOUNDSMS_PORT")}");
            host.UseSetting("services:notification:http:0", $"http://127.0.0.1:{Servers.Setting("NOTIFICATION_PORT")}");
            foreach (var (key, value) in settings.Where(setting => setting.Value is not null))
                host.UseSetting(key, value);
            host.ConfigureLogging(logging => logging.ClearProviders());
        });
        gateway.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        gateway.StartServer();
        return gateway;
    }

    private static async Task<HttpResponseMessage> SignInAsync(HttpClient client, string? forwardedFor = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/directory/sessions") { Content = JsonContent.Create(WrongLogin) };
        if (forwardedFor is not null)
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        return await client.SendAsync(request);
    }

    private static async Task ShouldBeProblemAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        response.StatusCode.ShouldBe(status);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString().ShouldBe($"urn:platform:problem:{code}");
    }
}
