using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Contracts.Directory;
using InboundSms.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace InboundSms.Tests.Testing;

/// <summary>InboundSms with three channels and an organisation of two units, told by events as Directory would.</summary>
public class InboundSmsFixture() : ServiceFixture<InboundSmsDb>("inboundsms")
{
    public const string TwilioToken = "uji-token-0001";
    public const string GenericSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    public const string KannelSecret = "kannel-uji";
    public const string CityNumber = "+6281100000001";

    public Guid Dinkes { get; } = Guid.CreateVersion7();
    public Guid Dpu { get; } = Guid.CreateVersion7();
    public Guid DinkesOfficial { get; } = Guid.CreateVersion7();
    public Guid DpuOfficial { get; } = Guid.CreateVersion7();

    /// <summary>Collects what Notification would be asked to send, to citizens and to officials.</summary>
    public TestBus Bus { get; private set; } = null!;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>
    {
        ["Channels:kannel:Type"] = "Kannel",
        ["Channels:kannel:User"] = "kannel",
        ["Channels:kannel:Secret"] = KannelSecret,
        ["Channels:kannel:Numbers:0"] = CityNumber,
        ["Channels:twilio:Type"] = "Twilio",
        ["Channels:twilio:Secret"] = TwilioToken,
        ["Channels:twilio:PublicUrl"] = "https://smscenter.example.go.id/webhooks/twilio/inbound",
        ["Channels:twilio:Numbers:0"] = CityNumber,
        ["Channels:generic:Type"] = "Generic",
        ["Channels:generic:Secret"] = GenericSecret,
        ["Channels:generic:Numbers:0"] = CityNumber,
        ["WebForm:Difficulty"] = "8",
        // Tests say the same at one instant of their clock; those about that have DuplicateFixture.
        ["Routing:RepeatWithin"] = "00:00:00",
        ["Publishing:Delay"] = "00:00:00",
        ["Reporting:LookEvery"] = "00:00:01",
        // Hours and days pass in tests of other things.
        ["Notices:LookEvery"] = "01:00:00",
        ["LiveUpdate:Heartbeat"] = "00:00:01",
    };

    /// <summary>The connections of the service's requests and consumers.</summary>
    public ConnectionBreaker Connections { get; } = new();

    protected override void Configure(IServiceCollection services) => services.ConfigureDbContext<InboundSmsDb>(options => options.AddInterceptors(Connections));

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Bus = await StartBusAsync(typeof(Contracts.Notification.SendSms), typeof(Contracts.Notification.NotifyOfficial));
        await AddPositionAsync(Dinkes, "DINKES", "Kepala Dinas Kesehatan", DinkesOfficial);
        await AddPositionAsync(Dpu, "DPU", "Kepala Dinas Pekerjaan Umum", DpuOfficial);
        await Eventually.TrueAsync(async () => await Database.ScalarAsync<long>("select count(*) from organisation.assignment") == 2
            && await Database.ScalarAsync<long>("select count(*) from organisation.position") == 2);
    }

    public override async ValueTask DisposeAsync()
    {
        await Bus.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A text from a number through the Kannel door; a new provider id unless one is given.</summary>
    public async Task<HttpResponseMessage> SendSmsAsync(string text, string from, string? providerId = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/webhooks/sms/kannel?id={providerId ?? Guid.CreateVersion7().ToString()}&ts=1767578400&c=0");
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"kannel:{KannelSecret}")));
        request.Headers.TryAddWithoutValidation("X-Kannel-From", from);
        request.Headers.TryAddWithoutValidation("X-Kannel-To", CityNumber);
        request.Content = new StringContent(text, Encoding.UTF8, "text/plain");
        return await (client ?? Client()).SendAsync(request);
    }

    /// <summary>Sends a text and waits until it is in its case; returns the message's id.</summary>
    public async Task<Guid> SendAndRouteAsync(string text, string from)
    {
        var providerId = Guid.CreateVersion7().ToString();
        (await SendSmsAsync(text, from, providerId)).EnsureSuccessStatusCode();
        var id = await Database.ScalarAsync<Guid>($"select id from message where provider_message_id = '{providerId}'");
        await Eventually.TrueAsync(() => Database.ScalarAsync<bool>($"select exists (select from case_message where message_id = '{id}')"));
        return id;
    }

    /// <summary>Sends a text and waits until it is kept without a case; returns the message's id.</summary>
    public async Task<Guid> SendAndKeepAsync(string text, string from)
    {
        var providerId = Guid.CreateVersion7().ToString();
        (await SendSmsAsync(text, from, providerId)).EnsureSuccessStatusCode();
        var id = await Database.ScalarAsync<Guid>($"select id from message where provider_message_id = '{providerId}'");
        await Eventually.TrueAsync(() => Database.ScalarAsync<bool>($"select exists (select from kept_message where message_id = '{id}')"));
        return id;
    }

    public static HttpRequestMessage Twilio(IEnumerable<KeyValuePair<string, string>> fields, string signature, string query = "?kanal=a")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/webhooks/sms/twilio{query}") { Content = new FormUrlEncodedContent(fields) };
        request.Headers.TryAddWithoutValidation("X-Twilio-Signature", signature);
        return request;
    }

    /// <summary>Signs as Twilio's published algorithm says, written independently of the service.</summary>
    public static string TwilioSign(string url, IEnumerable<KeyValuePair<string, string>> fields, string token = TwilioToken)
    {
        var text = url + string.Concat(fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => field.Key + field.Value));
#pragma warning disable CA5350
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
    }

    /// <summary>A generic call, signed unless a signature is given.</summary>
    public static HttpRequestMessage Generic(byte[] body, long timestamp, string? signature = null, string id = "msg_0001")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/sms/generic") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var key = Convert.FromBase64String(GenericSecret["whsec_".Length..]);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        request.Headers.TryAddWithoutValidation("webhook-signature", signature ?? "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)));
        return request;
    }

    public async Task AddPositionAsync(Guid position, string keyword, string title, Guid official)
    {
        var unit = Guid.CreateVersion7();
        await Bus.PublishAsync(new UnitChanged { UnitId = unit, Code = keyword, Name = $"Unit {keyword}", Version = 1 });
        await Bus.PublishAsync(new PositionChanged { PositionId = position, UnitId = unit, Code = keyword, Title = title, Keyword = keyword, Version = 1 });
        await Bus.PublishAsync(new AssignmentChanged
        {
            AssignmentId = Guid.CreateVersion7(),
            OfficialId = official,
            PositionId = position,
            From = Clock.GetUtcNow().AddDays(-1),
            Version = 1,
        });
    }
}
