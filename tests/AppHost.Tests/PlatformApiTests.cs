using System.Net;
using System.Text;

namespace AppHost.Tests;

/// <summary>The dashboard's buttons, against a gateway that notes what it is asked, and against the real one.</summary>
public sealed class PlatformApiTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task PLT_1_replaying_gives_back_each_parked_message_of_each_service_once_and_counts_what_failed()
    {
        using var gateway = new Gateway(request => request switch
        {
            "POST /api/directory/sessions" => """{"accessToken":"token","refreshToken":"x","expiresAt":"2026-01-01T00:00:00Z"}""",
            "GET /api/inbound-sms/parked-messages" => """{"items":[{"queue":"inbound-sms-a b","messageId":"1"},{"queue":"q","messageId":"2"}],"next":null}""",
            "POST /api/inbound-sms/parked-messages/q/2/replay" => null,
            _ when request.StartsWith("GET ", StringComparison.Ordinal) => """{"items":[],"next":null}""",
            _ => "",
        });
        (await gateway.Api.ReplayParkedAsync("admin", "secret", "123456", Stop)).ShouldBe((2, 1));
        gateway.Requests.ShouldBe(
        [
            "POST /api/directory/sessions", "GET /api/directory/parked-messages", "GET /api/inbound-sms/parked-messages",
            "POST /api/inbound-sms/parked-messages/inbound-sms-a%20b/1/replay", "POST /api/inbound-sms/parked-messages/q/2/replay", "GET /api/notifications/parked-messages",
            "GET /api/broadcasts/parked-messages",
        ]);
        gateway.Authorizations.Skip(1).ShouldAllBe(authorization => authorization == "Bearer token");
    }

    /// <summary>RFC 6238, appendix B.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1_234_567_890, "005924")]
    public void PLT_4_the_code_is_that_of_rfc_6238(long seconds, string code) =>
        PlatformApi.CodeOf("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", DateTimeOffset.FromUnixTimeSeconds(seconds)).ShouldBe(code);

    [Fact]
    public async Task PLT_1_a_refused_sign_in_is_an_error_that_the_button_shows()
    {
        using var gateway = new Gateway(_ => null);
        await Should.ThrowAsync<HttpRequestException>(() => gateway.Api.ReplayParkedAsync("admin", "wrong", "123456", Stop));
    }

    [Fact]
    public async Task PLT_1_the_buttons_work_on_the_running_platform()
    {
        using var client = new HttpClient { BaseAddress = new Uri(Servers.Setting("GATEWAY_URL")) };
        var api = new PlatformApi(client);
        var text = $"{Servers.Setting("OFFICIAL_KEYWORD")} {Guid.CreateVersion7()}";
        await api.SendAsCitizenAsync(Servers.Setting("KANNEL_SECRET"), "+6281234567890", Servers.Setting("CITY_NUMBER"), text, Stop);
        await Should.ThrowAsync<HttpRequestException>(() => api.SendAsCitizenAsync("wrong", "+6281234567890", Servers.Setting("CITY_NUMBER"), text, Stop));
        (await Servers.TextsAsync("inboundsms", "select text from message_content where text = $1", text)).ShouldHaveSingleItem();
        // A code counts once, and somebody may just have used this one: then it is the next half minute's.
        var authenticator = new Authenticator(Servers.Setting("ADMIN_TOTP_SECRET"));
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return authenticator.Next() is { } code
                    && (await api.ReplayParkedAsync(Servers.Setting("ADMIN_LOGIN"), Servers.Setting("ADMIN_PASSWORD"), code, Stop)).Failed == 0;
            }
            catch (HttpRequestException refused) when (refused.StatusCode == HttpStatusCode.Unauthorized)
            {
                return false;
            }
        }, seconds: 90);
    }

    /// <summary>Answers by method and path: a body, or null for a refusal.</summary>
    private sealed class Gateway : HttpMessageHandler
    {
        private readonly Func<string, string?> _answer;

        public Gateway(Func<string, string?> answer)
        {
            _answer = answer;
            Api = new(new HttpClient(this) { BaseAddress = new Uri("http://gateway.test") });
        }

        public PlatformApi Api { get; }
        public List<string> Requests { get; } = [];
        public List<string?> Authorizations { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add($"{request.Method} {request.RequestUri!.PathAndQuery}");
            Authorizations.Add(request.Headers.Authorization?.ToString());
            return Task.FromResult(_answer(Requests[^1]) is { } body
                ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") }
                : new HttpResponseMessage(HttpStatusCode.Unauthorized));
        }
    }
}
