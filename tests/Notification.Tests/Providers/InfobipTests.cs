using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Notification.Providers;
using Notification.Providers.Infobip;
using Notification.Sending;
using Notification.Storage;
using Notification.Tests.Testing;

namespace Notification.Tests.Providers;

/// <summary>Infobip as its documents describe it, with faults by number.</summary>
public sealed class InfobipFixture : NotificationFixture
{
    private WebApplication _app = null!;

    public ConcurrentDictionary<string, JsonElement> Taken { get; } = new(StringComparer.Ordinal);
    public ConcurrentDictionary<string, (int Group, int Id)> Logs { get; } = new(StringComparer.Ordinal);
    public ConcurrentDictionary<string, bool> Silent { get; } = new(StringComparer.Ordinal);
    /// <summary>How many more questions for it end in a fault.</summary>
    public ConcurrentDictionary<string, int> Faults { get; } = new(StringComparer.Ordinal);
    public decimal Left { get; set; } = 47.79m;
    public ConcurrentQueue<string> Credentials { get; } = new();

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => base.Settings.Concat(new Dictionary<string, string?>
    {
        ["Channels:infobip:Type"] = "Infobip",
        ["Channels:infobip:User"] = "infobip",
        ["Channels:infobip:Secret"] = "infobip-uji",
        ["Channels:infobip:Numbers:0"] = CityNumber,
        ["Channels:infobip:SendUrl"] = $"{_app.Urls.First()}/sms/3/messages",
        ["Channels:infobip:SendPassword"] = "kunci-uji",
        ["Channels:infobip:BalanceAlarm"] = "20",
    });

    public override async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add($"http://{IPAddress.Loopback}:0");
        _app.MapPost("/sms/3/messages", async (HttpContext context) =>
        {
            var message = (await context.Request.ReadFromJsonAsync<JsonElement>()).GetProperty("messages")[0];
            var destination = message.GetProperty("destinations")[0];
            var id = destination.GetProperty("messageId").GetString()!;
            Credentials.Enqueue(context.Request.Headers.Authorization.ToString());
            Taken[id] = message;
            if (!Silent.ContainsKey(destination.GetProperty("to").GetString()!))
                return Results.Json(new { messages = new[] { new { messageId = id, status = new { groupId = 1, groupName = "PENDING", id = 26, name = "PENDING_ACCEPTED" } } } });
            context.Abort();
            return Results.Empty;
        });
        _app.MapGet("/sms/3/logs", (string messageId) => Faults.ContainsKey(messageId) && Faults.AddOrUpdate(messageId, 0, (_, left) => left - 1) >= 0 ? Results.StatusCode(503) : Results.Json(new
        {
            results = Logs.TryGetValue(messageId, out var status)
                ? new object[] { new { messageId, doneAt = "2026-01-05T02:00:00.000+0000", status = new { groupId = status.Group, id = status.Id } } } : [],
        }));
        _app.MapGet("/account/1/balance", () => Results.Json(new { balance = Left, currency = "EUR" }));
        await _app.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _app.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public Task<HttpResponseMessage> ReportAsync(string body, string secret = "infobip-uji")
    {
        var client = Client();
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"infobip:{secret}")));
        return client.PostAsync("/webhooks/sms/infobip/status", new StringContent(body, Encoding.UTF8, "application/json"));
    }
}

public sealed class InfobipTests(InfobipFixture service) : IClassFixture<InfobipFixture>
{
    [Fact]
    public async Task NOT_4_infobip_gets_our_id_and_its_batch_of_reports_moves_each_sms()
    {
        var (one, other) = (NotificationFixture.Number(), NotificationFixture.Number());
        var (first, second) = (await service.SendAsync(one, "infobip"), await service.SendAsync(other, "infobip"));
        await service.StateIsAsync(first, "AcceptedByProvider");
        await service.StateIsAsync(second, "AcceptedByProvider");
        var message = service.Taken[first.ToString()];
        message.GetProperty("destinations")[0].GetProperty("to").GetString().ShouldBe(one[1..]);
        message.GetProperty("sender").GetString().ShouldBe(NotificationFixture.CityNumber[1..]);
        service.Credentials.ShouldAllBe(header => header == "App kunci-uji");

        var body = JsonSerializer.Serialize(new
        {
            results = new object[]
            {
                new { messageId = first, doneAt = "2026-01-05T02:00:10.000+0000", status = new { groupId = 3, id = 5 } },
                new { messageId = "?", status = new { groupId = 3, id = 5 } },
                new { messageId = second, doneAt = "bukan waktu", status = new { groupId = 4, id = 15 } },
            },
        });
        (await service.ReportAsync(body, "salah")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.ReportAsync("{}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await service.ReportAsync(body)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await service.StateIsAsync(first, "Delivered");
        await service.StateIsAsync(second, "Expired");
    }

    [Fact]
    public async Task NOT_4_what_is_uncertain_is_asked_for_and_only_an_answer_changes_it()
    {
        var (known, unknown) = (NotificationFixture.Number(), NotificationFixture.Number());
        service.Silent[known[1..]] = service.Silent[unknown[1..]] = true;
        var (first, second) = (await service.SendAsync(known, "infobip"), await service.SendAsync(unknown, "infobip"));
        await service.StateIsAsync(first, "Uncertain");
        await service.StateIsAsync(second, "Uncertain");
        service.Logs[first.ToString()] = (3, 5);
        var asking = service.Services.GetRequiredService<AskSilentSms>();
        var channel = service.Services.GetRequiredService<Channels>().Senders["infobip"];

        // Too early: the call may still be under way.
        await asking.AskAsync(channel, CancellationToken.None);
        (await service.Database.ScalarAsync<long>($"select count(*) from sms where asked_at is not null and id in ('{first}', '{second}')")).ShouldBe(0);
        service.Clock.Advance(TimeSpan.FromMinutes(11));
        await asking.AskAsync(channel, CancellationToken.None);
        await service.StateIsAsync(first, "Delivered");
        (await service.StateAsync(second)).ShouldBe("Uncertain");
        (await service.Database.ScalarAsync<int>($"select lease_no from sms where id = '{second}'")).ShouldBe(1);
    }

    [Fact]
    public async Task NOT_4_a_question_that_failed_is_asked_again_soon_by_itself_and_those_beside_it_are_answered()
    {
        var ids = new List<Guid>();
        for (var n = 0; n < 3; n++)
        {
            var to = NotificationFixture.Number();
            service.Silent[to[1..]] = true;
            ids.Add(await service.SendAsync(to, "infobip"));
            await service.StateIsAsync(ids[n], "Uncertain");
            service.Logs[ids[n].ToString()] = (3, 5);
        }

        service.Faults[ids[0].ToString()] = 1;
        service.Clock.Advance(TimeSpan.FromMinutes(11));
        var (asking, channel) = (service.Services.GetRequiredService<AskSilentSms>(), service.Services.GetRequiredService<Channels>().Senders["infobip"]);
        await asking.AskAsync(channel, CancellationToken.None);
        await service.StateIsAsync(ids[1], "Delivered");
        await service.StateIsAsync(ids[2], "Delivered");
        await asking.AskAsync(channel, CancellationToken.None);
        (await service.StateAsync(ids[0])).ShouldBe("Uncertain");

        service.Clock.Advance(TimeSpan.FromMinutes(11));
        await asking.AskAsync(channel, CancellationToken.None);
        await service.StateIsAsync(ids[0], "Delivered");
    }

    [Theory]
    [InlineData(200, """{"messages":[{"messageId":"a","status":{"groupId":1,"id":26}}]}""", SendResult.Accepted)]
    [InlineData(200, """{"messages":[{"messageId":"a","status":{"groupId":5,"id":12}}]}""", SendResult.NotNow)]
    [InlineData(200, """{"messages":[{"messageId":"a","status":{"groupId":5,"id":6}}]}""", SendResult.Refused)]
    [InlineData(200, """{"messages":[{"messageId":"a","status":{"groupId":9,"id":6}}]}""", SendResult.Unknown)]
    [InlineData(200, """{"requestError":{"serviceException":{"text":"Internal"}}}""", SendResult.Unknown)]
    [InlineData(200, "<html>", SendResult.Unknown)]
    [InlineData(400, "{}", SendResult.Refused)]
    [InlineData(401, "{}", SendResult.NotNow)]
    [InlineData(429, "{}", SendResult.Throttled)]
    [InlineData(500, "{}", SendResult.Unknown)]
    [InlineData(503, "{}", SendResult.Unknown)]
    internal void NOT_4_only_an_answer_in_infobips_table_is_known(int status, string body, SendResult result) =>
        InfobipProvider.OutcomeOf((HttpStatusCode)status, body).Result.ShouldBe(result);

    [Fact]
    public async Task NOT_4_what_is_left_at_a_prepaid_provider_is_known_and_little_is_an_alarm()
    {
        Task<string> HealthAsync() => service.Client().GetStringAsync("/health/ready");
        await service.BalanceIsAsync("infobip", 47.79m, "EUR");
        (await HealthAsync()).ShouldNotContain("EUR left");
        service.Left = 19.5m;
        await service.BalanceIsAsync("infobip", 19.5m, "EUR");
        (await HealthAsync()).ShouldContain("infobip has 19.5 EUR left");
        // Not more often than it needs.
        service.Left = 100;
        await service.Services.GetRequiredService<Notification.Operating.WatchBalance>().LookAsync(CancellationToken.None);
        (await service.Database.ScalarAsync<decimal>("select amount from balance where channel = 'infobip'")).ShouldBe(19.5m);
        InfobipProvider.BalanceOf("{}").ShouldBeNull();
        InfobipProvider.BalanceOf("<html>").ShouldBeNull();
    }

    [Theory]
    [InlineData(1, 3, SmsState.AcceptedByProvider)]
    [InlineData(3, 2, SmsState.AcceptedByOperator)]
    [InlineData(3, 5, SmsState.Delivered)]
    [InlineData(2, 4, SmsState.Failed)]
    [InlineData(4, 15, SmsState.Expired)]
    [InlineData(5, 8, SmsState.Failed)]
    internal void NOT_4_the_group_decides_and_inside_the_delivered_the_id(int group, int id, SmsState told) =>
        InfobipReports.Meaning(group, id)!.Value.Told.ShouldBe(told);
}
