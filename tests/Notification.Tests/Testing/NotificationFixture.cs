using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Contracts.Directory;
using Contracts.Notification;
using Microsoft.Extensions.DependencyInjection;
using Notification.Operating;
using Notification.Storage;
using ServiceDefaults.SignIn;

namespace Notification.Tests.Testing;

/// <summary>Notification with a channel of each type, Kannel played by <see cref="FaultyKannel"/>.</summary>
public class NotificationFixture() : ServiceFixture<NotificationDb>("notification")
{
    public const string KannelSecret = "kannel-uji";
    public const string TwilioToken = "uji-token-0001";
    public const string TwilioUrl = "https://smscenter.example.go.id/webhooks/sms/twilio";
    public const string GenericSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    public const string CityNumber = "+6281100000001";
    public const int PatientInFlight = 32;

    private static int _number;

    public FaultyKannel Kannel { get; private set; } = null!;
    public TestBus Bus { get; private set; } = null!;

    /// <summary>Calls that a channel rests after.</summary>
    protected virtual int BreakAfter => 1000;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>
    {
        ["Channels:kannel:Type"] = "Kannel",
        ["Channels:kannel:User"] = "kannel",
        ["Channels:kannel:Secret"] = KannelSecret,
        ["Channels:kannel:Numbers:0"] = CityNumber,
        ["Channels:kannel:SendUrl"] = Kannel.SendUrl.ToString(),
        ["Channels:kannel:SendUser"] = "sender",
        ["Channels:kannel:SendPassword"] = "sender-uji",
        ["Channels:kannel:StatusUrl"] = "http://127.0.0.1:8080/webhooks/sms/kannel/status",
        ["Channels:away:Type"] = "Kannel",
        ["Channels:away:User"] = "away",
        ["Channels:away:Secret"] = "away-uji",
        ["Channels:away:Numbers:0"] = CityNumber,
        // The port of discard: nobody listens there.
        ["Channels:away:SendUrl"] = "http://127.0.0.1:9/cgi-bin/sendsms",
        ["Channels:away:SendUser"] = "sender",
        ["Channels:away:SendPassword"] = "sender-uji",
        ["Channels:away:StatusUrl"] = "http://127.0.0.1:8080/webhooks/sms/away/status",
        // The same, with somebody to take over.
        ["Channels:preferred:Type"] = "Kannel",
        ["Channels:preferred:User"] = "preferred",
        ["Channels:preferred:Secret"] = "preferred-uji",
        ["Channels:preferred:Numbers:0"] = CityNumber,
        ["Channels:preferred:SendUrl"] = "http://127.0.0.1:9/cgi-bin/sendsms",
        ["Channels:preferred:SendUser"] = "sender",
        ["Channels:preferred:SendPassword"] = "sender-uji",
        ["Channels:preferred:StatusUrl"] = "http://127.0.0.1:8080/webhooks/sms/preferred/status",
        ["Channels:preferred:FailOver:0"] = "kannel",
        ["Channels:doubtful:Type"] = "Kannel",
        ["Channels:doubtful:User"] = "doubtful",
        ["Channels:doubtful:Secret"] = "doubtful-uji",
        ["Channels:doubtful:Numbers:0"] = CityNumber,
        ["Channels:doubtful:SendUrl"] = Kannel.SendUrl.ToString(),
        ["Channels:doubtful:SendUser"] = "sender",
        ["Channels:doubtful:SendPassword"] = "sender-uji",
        ["Channels:doubtful:StatusUrl"] = "http://127.0.0.1:8080/webhooks/sms/doubtful/status",
        ["Channels:doubtful:FailOver:0"] = "sandbox",
        ["Channels:distant:Type"] = "Kannel",
        ["Channels:distant:User"] = "distant",
        ["Channels:distant:Secret"] = "distant-uji",
        ["Channels:distant:Numbers:0"] = CityNumber,
        ["Channels:distant:SendUrl"] = Kannel.SendUrl.ToString(),
        ["Channels:distant:SendUser"] = "sender",
        ["Channels:distant:SendPassword"] = "sender-uji",
        ["Channels:distant:StatusUrl"] = "http://127.0.0.1:8080/webhooks/sms/distant/status",
        ["Channels:distant:FailOver:0"] = "kannel",
        ["Channels:twilio:Type"] = "Twilio",
        ["Channels:twilio:Secret"] = TwilioToken,
        ["Channels:twilio:PublicUrl"] = TwilioUrl,
        ["Channels:twilio:Numbers:0"] = "+6281100000002",
        ["Channels:twilio:SendThrough"] = "kannel",
        ["Channels:generic:Type"] = "Generic",
        ["Channels:generic:Secret"] = GenericSecret,
        ["Channels:sandbox:Type"] = "Sandbox",
        ["Applications:SegmentPrice"] = "350",
        ["Sending:CallLimit"] = "00:00:02",
        ["Sending:InFlight"] = "64",
        ["Sending:PatientInFlight"] = PatientInFlight.ToString(CultureInfo.InvariantCulture),
        ["Sending:BreakAfter"] = BreakAfter.ToString(CultureInfo.InvariantCulture),
    };

    public override async ValueTask InitializeAsync()
    {
        Kannel = await FaultyKannel.StartAsync();
        await base.InitializeAsync();
        Bus = await StartBusAsync(typeof(DeliveryStatusChanged), typeof(SmsGroupProgressed));
    }

    public override async ValueTask DisposeAsync()
    {
        await Bus.DisposeAsync();
        await base.DisposeAsync();
        await Kannel.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A number of its own for each test; the sandbox reads its last three digits.</summary>
    public static string Number(string lastDigits = "100") => $"+62812{Interlocked.Increment(ref _number):00000}{lastDigits}";

    public static SendSms Order(string to, string channel = "kannel", string text = "Terima kasih, sudah kami tindak lanjuti.") => new()
    {
        SmsId = Guid.CreateVersion7(),
        To = to,
        Text = text,
        Channel = channel,
        Purpose = SmsPurpose.Answer,
    };

    public async Task<Guid> SendAsync(string to, string channel = "kannel", string text = "Terima kasih, sudah kami tindak lanjuti.")
    {
        var order = Order(to, channel, text);
        await Bus.PublishAsync(order);
        return order.SmsId;
    }

    /// <summary>A client that has changed an application's key for a token.</summary>
    public HttpClient Application(Guid application, params string[] scopes)
    {
        var client = Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", SignIn.ApplicationToken(Clock.GetUtcNow(), application, scopes));
        return client;
    }

    public Task<string> StateAsync(Guid id) => Database.ScalarAsync<string>($"select coalesce((select state from sms where id = '{id}'), 'none')");

    public Task StateIsAsync(Guid id, string state) => Eventually.GetAsync(() => StateAsync(id), actual => actual == state);

    /// <summary>What the provider's answer to a handover meant, and its code.</summary>
    public Task<string> AnswerAsync(Guid id, string channel) => Eventually.GetAsync(
        () => Database.ScalarAsync<string>($"""
            select coalesce((select told || ' ' || code || coalesce(' ' || reason, '') from delivery_event where sms_id = '{id}' and source = 'answer' and channel = '{channel}' order by seq limit 1), '')
            """),
        answer => answer.Length > 0);

    /// <summary>What a prepaid provider says is left, asked again as often as it takes on a busy machine: a question that fails waits for the next quarter of an hour.</summary>
    public Task BalanceIsAsync(string channel, decimal amount, string currency) => Eventually.TrueAsync(async () =>
    {
        Clock.Advance(TimeSpan.FromMinutes(16));
        await Services.GetRequiredService<WatchBalance>().LookAsync(CancellationToken.None);
        return await Database.ScalarAsync<bool>(FormattableString.Invariant(
            $"select exists (select from balance where channel = '{channel}' and amount = {amount} and currency = '{currency}')"));
    });

    /// <summary>By a secretary, also after the test has turned the clock on.</summary>
    public async Task ResendAsync(Guid id)
    {
        await SignIn.PublishAsync(Database, Clock.GetUtcNow());
        var version = await Database.ScalarAsync<long>($"select version from sms where id = '{id}'");
        await Eventually.TrueAsync(async () => (await Client(roles: Roles.Secretary)
            .PostAsJsonAsync($"/api/notifications/messages/{id}/resend", new { reason = "Warga belum menerima", version })).StatusCode == HttpStatusCode.Accepted);
    }

    public Task<long> HistoryAsync(Guid id) => Database.ScalarAsync<long>($"select count(*) from delivery_event where sms_id = '{id}'");

    /// <summary>An SMS that is at a provider already.</summary>
    public async Task<Guid> HandedOverAsync(string channel, string? reference = null, string state = "AcceptedByProvider")
    {
        var id = Guid.CreateVersion7();
        var now = Clock.GetUtcNow();
        await Database.ExecuteAsync($"""
            insert into sms (id, purpose, lane, channel, sent_by, reference, state, segments, created_at, changed_at, expires_at, next_attempt_at, attempts, lease_no, intent_at)
            values ('{id}', 'Answer', 20, '{channel}', '{channel}', '{reference ?? id.ToString()}', '{state}', 1, '{now:O}', '{now:O}', '{now.AddHours(1):O}', '{now:O}', 1, 1, '{now:O}')
            """);
        return id;
    }

    /// <summary>Many that wait, as if they had been ordered: <paramref name="number"/> is SQL over <c>i</c>.</summary>
    public Task QueueAsync(SmsPurpose purpose, int count, string channel, string number, DateTimeOffset? dueAt = null)
    {
        var now = Clock.GetUtcNow();
        return Database.ExecuteAsync($"""
            with waiting as (
              insert into sms (id, purpose, lane, channel, sent_by, reference, state, segments, created_at, changed_at, expires_at, next_attempt_at)
              select id, '{purpose}', {Notification.Sending.Lanes.Of(purpose)}, '{channel}', '{channel}', id::text, 'Queued', 1, '{now:O}', '{now:O}', '{now.AddHours(1):O}', '{dueAt ?? now:O}'
              from (select gen_random_uuid() as id from generate_series(1, {count})) as ids returning id)
            insert into sms_content (sms_id, number, text) select id, {number}, 'Rapat koordinasi pukul 09.00' from (select id, row_number() over () as i from waiting) as w
            """);
    }

    public async Task<HttpResponseMessage> KannelReportAsync(string id, string status, string? ts = null, string secret = KannelSecret, string channel = "kannel", int instance = 0)
    {
        var client = Client(instance: instance);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{channel}:{secret}")));
        return await client.GetAsync($"/webhooks/sms/{channel}/status?id={id}&status={status}&ts={ts}");
    }

    /// <summary>Reports, and waits until the history knows.</summary>
    public async Task LearnAsync(Guid id, string status, string? ts = null)
    {
        var before = await HistoryAsync(id);
        (await KannelReportAsync(id.ToString(), status, ts)).EnsureSuccessStatusCode();
        await Eventually.GetAsync(() => HistoryAsync(id), count => count > before);
    }

    public static string TwilioUrlOf(string channel) => TwilioUrl[..^"twilio".Length] + channel;

    public async Task<HttpResponseMessage> TwilioReportAsync(string body, string? token = null, string query = "", string channel = "twilio")
    {
        var fields = body.Split('&').Select(pair => pair.Split('=')).OrderBy(pair => pair[0], StringComparer.Ordinal)
            .Select(pair => pair[0] + Uri.UnescapeDataString(pair[1]));
#pragma warning disable CA5350 // Twilio's contract.
        var signature = HMACSHA1.HashData(Encoding.UTF8.GetBytes(token ?? TwilioToken), Encoding.UTF8.GetBytes(TwilioUrlOf(channel) + "/status" + query + string.Concat(fields)));
#pragma warning restore CA5350
        using var content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded");
        content.Headers.Add("X-Twilio-Signature", Convert.ToBase64String(signature));
        return await Client().PostAsync($"/webhooks/sms/{channel}/status{query}", content);
    }

    public async Task<HttpResponseMessage> GenericReportAsync(byte[] body, TimeSpan age = default, string? signature = null, int instance = 0)
    {
        var timestamp = (Clock.GetUtcNow() - age).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"msg_1.{timestamp}."), .. body];
        var key = Convert.FromBase64String(GenericSecret["whsec_".Length..]);
        using var content = new ByteArrayContent(body);
        content.Headers.Add("webhook-id", "msg_1");
        content.Headers.Add("webhook-timestamp", timestamp);
        content.Headers.Add("webhook-signature", signature ?? "v1,AAAA v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)));
        return await Client(instance: instance).PostAsync("/webhooks/sms/generic/status", content);
    }

    public Task<HttpResponseMessage> GenericReportAsync(string id, string status, bool isTerminal = true, string? error = null) => GenericReportAsync(
        System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["type"] = "sms.status",
            ["timestamp"] = Clock.GetUtcNow(),
            ["data"] = error is null ? new { id, status, terminal = isTerminal } : new { id, status, kodeGalat = error, terminal = isTerminal },
        }));
}
