using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Notification.Tests.Testing;
using ServiceDefaults.SignIn;
using ServiceDefaults.Webhooks;

namespace Notification.Tests.Callbacks;

public class CallbackFixture : NotificationFixture
{
    public CallbackReceiver Receiver { get; private set; } = null!;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => base.Settings.Concat(new Dictionary<string, string?>
    {
        ["Callbacks:AllowedNetworks:0"] = "127.0.0.0/8",
        ["Callbacks:CallLimit"] = "00:00:04",
    });

    public override async ValueTask InitializeAsync()
    {
        Receiver = await CallbackReceiver.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Receiver.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public async Task AdvanceAsync(TimeSpan by)
    {
        Clock.Advance(by);
        await SignIn.PublishAsync(Database, Clock.GetUtcNow());
        await Eventually.TrueAsync(async () => (await Application(Guid.CreateVersion7(), Scopes.SendNotifications).DeleteAsync("/api/notifications/callback")).IsSuccessStatusCode);
    }
}

public sealed class CallbackTests(CallbackFixture service) : IClassFixture<CallbackFixture>
{
    private const string Path = "/api/notifications/callback";

    private readonly Guid _application = Guid.CreateVersion7();

    private HttpClient Client => service.Application(_application, Scopes.TestNotifications);

    private IReadOnlyList<CallbackReceiver.Call> Calls => service.Receiver.CallsOf(_application);

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<string?> SetAsync(Guid? application = null) => (await ReadAsync(await service.Application(application ?? _application, Scopes.TestNotifications)
        .PutAsJsonAsync(Path, new { url = service.Receiver.UrlOf(application ?? _application) }))).GetProperty("secret").GetString();

    private async Task<string> OrderAsync(string lastDigits = "100", Guid? application = null) => (await ReadAsync(
        await service.Application(application ?? _application, Scopes.TestNotifications).PostAsJsonAsync("/api/notifications/sms",
            new { recipients = new[] { new { to = NotificationFixture.Number(lastDigits), reference = "surat 12" } }, text = "Percobaan" })))
        .GetProperty("items")[0].GetProperty("id").GetString()!;

    private Task HeardAsync(int calls) => Eventually.TrueAsync(() => Task.FromResult(Calls.Count >= calls));

    private Task<T> CallbackAsync<T>(string message, string column) =>
        service.Database.ScalarAsync<T>($"select {column} from callback where message_id = '{message}' order by message_version limit 1");

    private static bool IsSigned(CallbackReceiver.Call call, string secret) =>
        StandardWebhooks.IsValid([secret], call.Id, call.Timestamp, call.Signature, call.Body, DateTimeOffset.FromUnixTimeSeconds(long.Parse(call.Timestamp, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public async Task NOT_4_an_application_hears_each_change_signed_in_its_order_and_nothing_personal()
    {
        var secret = await SetAsync();
        secret.ShouldStartWith("whsec_");
        (await SetAsync()).ShouldBeNull("it is told once");
        var message = await OrderAsync();
        await Eventually.TrueAsync(() => Task.FromResult(Calls.Any(call => call.Status == "Delivered")));
        Calls.ShouldAllBe(call => IsSigned(call, secret!) && call.Message == message);
        Calls.Select(call => call.Version).ShouldBeInOrder(SortDirection.Ascending);
        Calls.Select(call => call.Id).ShouldBeUnique();
        var last = Calls[^1].Json;
        last.GetProperty("type").GetString().ShouldBe("sms.status");
        last.GetProperty("data").GetProperty("reference").GetString().ShouldBe("surat 12");
        last.GetProperty("data").GetProperty("test").GetBoolean().ShouldBeTrue();
        last.GetRawText().ShouldNotContain("+62");
    }

    [Fact]
    public async Task NOT_4_an_address_that_fails_is_silent_or_resets_is_tried_again_under_the_same_id_and_later_news_waits()
    {
        await SetAsync();
        service.Receiver.Script(_application, 500, CallbackReceiver.IsSilent, CallbackReceiver.Resets, 429);
        var message = await OrderAsync();
        // What a reset is called depends on when it comes.
        foreach (var (said, pause) in new[] { ("1 500", 5), ("2 time-out", 60), ("3 reset", 300), ("4 429", 1800) })
        {
            await Eventually.TrueAsync(async () => await CallbackAsync<string?>(message, "concat_ws(' ', attempts, last_answer)") is { } told
                && (told == said || (said == "3 reset" && told.StartsWith("3 ", StringComparison.Ordinal) && told != "3 time-out")));
            Calls.Select(call => call.Id).Distinct().ShouldHaveSingleItem();
            await service.AdvanceAsync(TimeSpan.FromSeconds(pause + 1));
        }

        await Eventually.TrueAsync(() => Task.FromResult(Calls.Any(call => call.Status == "Delivered")));
        Calls.Take(5).Select(call => call.Id).Distinct().ShouldHaveSingleItem();
        Calls.Skip(4).Select(call => call.Version).ShouldBeInOrder(SortDirection.Ascending);
    }

    [Fact]
    public async Task NOT_4_who_refuses_is_not_asked_again_until_one_of_two_administrators_replays()
    {
        await SetAsync();
        service.Receiver.Script(_application, 404);
        var message = await OrderAsync("003");
        await Eventually.TrueAsync(async () => await CallbackAsync<string>(message, "outcome") == "Failed");
        var id = await CallbackAsync<Guid>(message, "id");
        var auditor = service.Client(roles: Roles.Auditor);
        var item = (await auditor.GetFromJsonAsync<JsonElement>($"/api/notifications/callbacks?application={_application}")).GetProperty("items").EnumerateArray().Single();
        item.GetProperty("lastAnswer").GetString().ShouldBe("404");
        (await Client.GetFromJsonAsync<JsonElement>(Path)).GetProperty("failed").GetInt32().ShouldBe(1);

        await using var bus = await service.StartBusAsync(typeof(WriteToAuditTrail));
        var replay = $"/api/notifications/callbacks/{id}/replay";
        (await auditor.PostAsJsonAsync(replay, new { reason = "x" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var administrator = service.Client(roles: Roles.Administrator);
        (await administrator.PostAsJsonAsync(replay, new { })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => administrator.PostAsJsonAsync(replay, new { reason = "alamat diperbaiki" })));
        answers.Select(answer => answer.StatusCode).Order().ShouldBe([HttpStatusCode.NoContent, HttpStatusCode.Conflict]);
        await Eventually.TrueAsync(async () => await CallbackAsync<string>(message, "outcome") == "Delivered");
        Calls.Count(call => call.Id == id.ToString()).ShouldBe(2);
        (await bus.GetAsync<WriteToAuditTrail>(entry => entry.SubjectId == id)).Reason.ShouldBe("alamat diperbaiki");
    }

    [Fact]
    public async Task NOT_4_what_was_to_be_told_to_who_has_ended_its_callback_is_not_replayed_before_there_is_an_address_again()
    {
        await SetAsync();
        service.Receiver.Script(_application, 404);
        var message = await OrderAsync("005");
        await Eventually.TrueAsync(async () => await CallbackAsync<string?>(message, "outcome") == "Failed");
        (await Client.DeleteAsync(Path)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var replay = $"/api/notifications/callbacks/{await CallbackAsync<Guid>(message, "id")}/replay";
        var administrator = service.Client(roles: Roles.Administrator);
        var refused = await administrator.PostAsJsonAsync(replay, new { reason = "coba lagi" });
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString().ShouldEndWith(":callback-ended");
        (await CallbackAsync<string>(message, "outcome")).ShouldBe("Failed");
        (await administrator.PostAsJsonAsync($"/api/notifications/callbacks/{Guid.CreateVersion7()}/replay", new { reason = "coba lagi" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        await SetAsync();
        (await administrator.PostAsJsonAsync(replay, new { reason = "ada alamat baru" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Eventually.TrueAsync(async () => await CallbackAsync<string>(message, "outcome") == "Delivered");
    }

    [Fact]
    public async Task NOT_4_during_a_rotation_both_secrets_sign_and_then_only_the_new_one()
    {
        var old = await SetAsync();
        var current = (await ReadAsync(await Client.PostAsJsonAsync(Path + "/secret", new { }))).GetProperty("secret").GetString()!;
        current.ShouldNotBe(old);
        await OrderAsync("005");
        await HeardAsync(1);
        Calls.ShouldAllBe(call => IsSigned(call, old!) && IsSigned(call, current));
        var leaked = (await ReadAsync(await Client.PostAsJsonAsync(Path + "/secret", new { endOldAtOnce = true }))).GetProperty("secret").GetString()!;
        var before = Calls.Count;
        await OrderAsync("005");
        await HeardAsync(before + 1);
        Calls.Skip(before).ShouldAllBe(call => IsSigned(call, leaked) && !IsSigned(call, current) && !IsSigned(call, old!));
        (await service.Application(Guid.CreateVersion7(), Scopes.TestNotifications).PostAsJsonAsync(Path + "/secret", new { })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task NOT_4_an_address_that_always_fails_rests_and_holds_up_no_other()
    {
        await SetAsync();
        service.Receiver.Script(_application, [.. Enumerable.Repeat(500, 50)]);
        for (var i = 0; i < 6; i++)
            await OrderAsync("005");
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select failures >= 5 and rests_until is not null from callback_address where id = '{_application}'"));
        (await Client.GetFromJsonAsync<JsonElement>(Path)).GetProperty("restsUntil").GetString().ShouldNotBeNull();
        var other = Guid.CreateVersion7();
        await SetAsync(other);
        var message = await OrderAsync("005", other);
        await Eventually.TrueAsync(async () => await CallbackAsync<string>(message, "outcome") == "Delivered");
        await SetAsync();
        (await Client.GetFromJsonAsync<JsonElement>(Path)).GetProperty("failures").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task NOT_4_a_process_that_dies_after_counting_a_try_leaves_it_due_again()
    {
        await SetAsync();
        await service.Database.ExecuteAsync($"update callback_address set rests_until = 'infinity' where id = '{_application}'");
        var message = await OrderAsync("003");
        await service.StateIsAsync(Guid.Parse(message), "AcceptedByOperator");
        var noted = await service.Database.ScalarAsync<long>($"select count(*) from callback where message_id = '{message}'");
        noted.ShouldBePositive();
        var now = service.Clock.GetUtcNow();
        await service.Database.ExecuteAsync($"""
            update callback set attempts = 1, last_attempt_at = '{now:O}', next_attempt_at = '{now.AddMinutes(1):O}' where message_id = '{message}';
            update callback_address set rests_until = null where id = '{_application}'
            """);
        await service.AdvanceAsync(TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync(async () => noted == await service.Database.ScalarAsync<long>(
            $"select count(*) from callback where message_id = '{message}' and attempts = 2 and outcome = 'Delivered'"));
    }

    [Fact]
    public async Task NOT_4_who_has_no_address_or_ends_it_hears_nothing()
    {
        var message = await OrderAsync("005");
        await service.StateIsAsync(Guid.Parse(message), "Failed");
        (await service.Database.ScalarAsync<long>($"select count(*) from callback where message_id = '{message}'")).ShouldBe(0);
        await SetAsync();
        (await Client.DeleteAsync(Path)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Client.DeleteAsync(Path)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var later = await OrderAsync("005");
        await service.StateIsAsync(Guid.Parse(later), "Failed");
        (await service.Database.ScalarAsync<long>($"select count(*) from callback where application_id = '{_application}'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/kabar")]
    [InlineData("http://layanan.example.go.id/kabar")]
    [InlineData("https://nama:sandi@layanan.example.go.id/kabar")]
    [InlineData("https://layanan.example.go.id/kabar#bagian")]
    [InlineData("https://10.0.0.5/kabar")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://[::1]/kabar")]
    [InlineData("https://[::ffff:10.0.0.5]/kabar")]
    [InlineData("https://[64:ff9b::a00:5]/kabar")]
    [InlineData("ftp://layanan.example.go.id/kabar")]
    public async Task NOT_4_an_address_that_is_not_public_and_https_is_refused(string url)
    {
        var answer = await Client.PutAsJsonAsync(Path, new { url });
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe("url");
    }
}
