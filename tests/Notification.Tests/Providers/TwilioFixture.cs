using Microsoft.AspNetCore.Http;
using Notification.Tests.Testing;

namespace Notification.Tests.Providers;

/// <summary>Twilio as its documents describe it.</summary>
public sealed class TwilioFixture : NotificationFixture
{
    public const string Channel = "twilio-kirim";
    public const string First = "twilio-dulu";
    public const string Behind = "twilio-cadangan";
    public const string OwnNumber = "+6281100000009";
    private const string Account = "/2010-04-01/Accounts/AC1";
    private int _sids;

    public FaultyProvider Twilio { get; private set; } = null!;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => base.Settings
        .Concat(Twilios(Channel)).Concat(Twilios(First)).Append(new($"Channels:{First}:FailOver:0", "kannel"))
        .Concat(base.Settings.Where(setting => setting.Key.StartsWith("Channels:away:", StringComparison.Ordinal))
            .Select(setting => KeyValuePair.Create(setting.Key.Replace("away", Behind, StringComparison.Ordinal), setting.Value)))
        .Append(new($"Channels:{Behind}:FailOver:0", Channel)).Append(new($"Channels:{Channel}:BalanceAlarm", "10"));

    private Dictionary<string, string?> Twilios(string channel) => new()
    {
        [$"Channels:{channel}:Type"] = "Twilio",
        [$"Channels:{channel}:Secret"] = TwilioToken,
        [$"Channels:{channel}:PublicUrl"] = TwilioUrlOf(channel),
        [$"Channels:{channel}:Numbers:0"] = OwnNumber,
        [$"Channels:{channel}:SendUrl"] = $"{Twilio.Url}{Account}/Messages.json",
        [$"Channels:{channel}:SendUser"] = "SK1",
        [$"Channels:{channel}:SendPassword"] = "rahasia-uji",
    };

    public override async ValueTask InitializeAsync()
    {
        Twilio = await FaultyProvider.StartAsync($"{Account}/Messages.json", "To", call => Results.Json(
            new { sid = $"SM{Interlocked.Increment(ref _sids):x32}", status = "queued", to = call.Form["To"], error_code = (int?)null, num_segments = "1" }, statusCode: StatusCodes.Status201Created));
        Knows("Balance.json", new { account_sid = "AC1", balance = "12.29", currency = "USD" });
        await base.InitializeAsync();
    }

    public void Knows(string resource, object answer) => Twilio.Knows[$"{Account}/{resource}"] = answer;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Twilio.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
