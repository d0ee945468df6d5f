using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace EndToEnd.Tests;

public sealed class DoorTests(Platform platform) : IClassFixture<Platform>
{
    [Fact]
    public async Task SMS_1_a_megabyte_at_a_webhook_door_is_413_without_a_body()
    {
        using var request = Platform.Twilio(Platform.TwilioFields(new string('a', 1024 * 1024), Platform.NewCitizen()));
        var response = await platform.Anybody.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task SMS_1_a_megabyte_that_is_not_announced_is_413_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/webhooks/sms/{Servers.Setting("TWILIO_CHANNEL")}")
        {
            Content = new StreamContent(new MemoryStream(new byte[1024 * 1024])),
        };
        request.Headers.TransferEncodingChunked = true;
        (await platform.Anybody.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("Twilio-Signature", "AAAA")]
    [InlineData("empty", "")]
    public async Task SMS_1_a_wrong_signature_is_refused_without_a_body(string what, string signature)
    {
        using var request = Platform.Twilio(Platform.TwilioFields($"{Platform.Keyword} {what}", Platform.NewCitizen()), signature);
        var response = await platform.Anybody.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task SMS_1_forwarded_headers_of_a_stranger_do_not_change_what_was_signed()
    {
        using var request = Platform.Twilio(Platform.TwilioFields($"{Platform.Keyword} proksi", Platform.NewCitizen()));
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        (await platform.Anybody.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/api/inbound-sms/messages", HttpStatusCode.Unauthorized)]
    [InlineData("/api/directory/units", HttpStatusCode.Unauthorized)]
    [InlineData("/api/notifications/messages", HttpStatusCode.Unauthorized)]
    [InlineData("/api/broadcasts/parked-messages", HttpStatusCode.Unauthorized)]
    [InlineData("/api/nothing", HttpStatusCode.NotFound)]
    [InlineData("/publik/api/messages?cursor=x", HttpStatusCode.BadRequest)]
    public async Task PLT_4_errors_are_problem_details_in_Indonesian_and_English(string path, HttpStatusCode status)
    {
        foreach (var language in new[] { "id", "en" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.AcceptLanguage.ParseAdd(language);
            var response = await platform.Anybody.SendAsync(request);
            response.StatusCode.ShouldBe(status);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
            problem.GetProperty("type").GetString().ShouldStartWith("urn:platform:problem:");
            problem.GetProperty("traceId").GetString()!.Length.ShouldBe(32);
            problem.GetProperty("title").GetString()!.Any(char.IsLetter).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task PLT_4_an_official_may_not_do_what_the_Administrator_does()
    {
        using var official = await Platform.SignInAsync("OFFICIAL");
        var response = await official.PostAsJsonAsync("/api/directory/units", new { code = "X", name = "X" });
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("/docs/directory.json", "/api/directory/sessions")]
    [InlineData("/docs/inboundsms.json", "/api/inbound-sms/messages")]
    [InlineData("/docs/broadcast.json", "/api/broadcasts/parked-messages")]
    [InlineData("/docs/notification.json", "/webhooks/sms/{channel}/status")]
    public async Task The_API_of_every_service_is_described_at_docs(string document, string path)
    {
        (await platform.Anybody.GetAsync("/docs/index.html")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var description = await platform.Anybody.GetFromJsonAsync<JsonElement>(document);
        description.GetProperty("paths").EnumerateObject().Select(p => p.Name.TrimEnd('/')).ShouldContain(path);
    }

    [Fact]
    public async Task Garbage_at_every_door_is_never_a_500()
    {
        byte[][] bodies = [[], [0], [0xFF, 0xFE, 0xFD], Encoding.UTF8.GetBytes("{"), Encoding.UTF8.GetBytes("[1]"), Encoding.UTF8.GetBytes("null"), new byte[70_000]];
        string[] doors =
        [
            "/webhooks/sms/kannel", "/webhooks/sms/twilio", "/webhooks/sms/generic", "/webhooks/sms/kannel/status", "/webhooks/sms/twilio/status",
            "/webhooks/sms/generic/status", "/webhooks/sms/%00", "/webhooks/sms/%F0%9F%98%80", "/api/directory/sessions", "/api/directory/sessions/refresh",
        ];
        foreach (var door in doors)
        {
            foreach (var body in bodies)
            {
                foreach (var type in new[] { "application/json", "application/x-www-form-urlencoded", "text/plain; charset=nothing" })
                {
                    using var content = new ByteArrayContent(body);
                    content.Headers.TryAddWithoutValidation("Content-Type", type);
                    var response = await platform.Anybody.PostAsync(door, content);
                    ((int)response.StatusCode).ShouldBeInRange(400, 499, $"{door} {type} {body.Length}");
                }
            }
        }
    }
}
