using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using InboundSms.Storage;
using InboundSms.Tests.Receive.Providers;
using Sms = InboundSms.Tests.Receive.Recovery.ProviderServer.Sms;

namespace InboundSms.Tests.Receive.Recovery;

public sealed class RecoveryFixture() : ServiceFixture<InboundSmsDb>("inboundsms")
{
    public ProviderServer Provider { get; private set; } = null!;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>
    {
        ["Channels:twilio:Type"] = "Twilio",
        ["Channels:twilio:Secret"] = "uji-token-0001",
        ["Channels:twilio:PublicUrl"] = ProviderFixture.TwilioUrl,
        ["Channels:twilio:ListUrl"] = Provider.Url + ProviderServer.TwilioPath,
        ["Channels:twilio:ListUser"] = "AC1",
        ["Channels:twilio:ListPassword"] = "uji-token-0001",
        ["Channels:vonage:Type"] = "Vonage",
        ["Channels:vonage:Secret"] = "rahasia-uji",
        ["Channels:vonage:SignatureMethod"] = "Sha256",
        ["Channels:vonage:ListUrl"] = Provider.Url + ProviderServer.VonagePath,
        ["Channels:vonage:ListUser"] = "abcd1234",
        ["Channels:vonage:ListPassword"] = "api-uji",
        ["Channels:infobip:Type"] = "Infobip",
        ["Channels:infobip:User"] = "kota",
        ["Channels:infobip:Secret"] = "infobip-uji",
        ["Channels:infobip:ListUrl"] = Provider.Url + ProviderServer.InfobipPath,
        ["Channels:infobip:ListPassword"] = "kunci-api",
        ["Recovery:CallLimit"] = "00:00:01",
        ["Recovery:RetryDelay"] = "00:00:00.05",
    };

    public override async ValueTask InitializeAsync()
    {
        Provider = await ProviderServer.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Provider.DisposeAsync();
    }
}

public sealed class RecoverMissedSmsTests(RecoveryFixture fixture) : IClassFixture<RecoveryFixture>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private DateTimeOffset Now => fixture.Clock.GetUtcNow();

    [Fact]
    public async Task SMS_1_what_Twilios_webhook_missed_is_found_page_by_page_and_once()
    {
        var form = "AccountSid=AC1&Body=dari%20pintu&From=%2B6281234567890&MessageSid=SM-door&To=%2B6281100000001";
        await DoorAsync(form);
        fixture.Provider.Holds(ProviderServer.TwilioPath,
            new("SM-1", "DINKES satu", Now), new Sms("SM-out", "jawaban", Now, Direction: "outbound-api"), new Sms("SM-2", "dua 😀", Now), new Sms("SM-door", "dari pintu", Now),
            new Sms("SM-3", "", Now));
        using var recovered = new Recovered("twilio");
        await ListedAsync("twilio");

        (await TextsAsync("twilio", "SM-([0-9]|door)")).ShouldBe(["", "DINKES satu", "dari pintu", "dua 😀"], ignoreOrder: true);
        recovered.Count.ShouldBe(3);
        var calls = fixture.Provider.Calls(ProviderServer.TwilioPath).TakeLast(3).ToList();
        calls.Select(call => call.Authorization).Distinct().ShouldBe([ProviderFixture.Basic("AC1", "uji-token-0001").Value]);
        calls[0].Query["DateSent>"].ToString().ShouldNotBeEmpty();
        calls.Select(call => call.Query["Page"].ToString()).ShouldBe(["", "1", "2"]);

        // The provider's webhook comes after all, and the list is asked again.
        await DoorAsync("AccountSid=AC1&Body=DINKES%20satu&From=%2B6281234567890&MessageSid=SM-1&To=%2B6281100000001");
        await ListedAsync("twilio");
        (await TextsAsync("twilio", "SM-([0-9]|door)")).Count.ShouldBe(4);
        recovered.Count.ShouldBe(3);
        fixture.Provider.Holds(ProviderServer.TwilioPath);
    }

    [Fact]
    public async Task SMS_1_what_Vonages_webhook_missed_is_found_page_by_page()
    {
        fixture.Provider.Holds(ProviderServer.VonagePath, Enumerable.Range(1, 5).Select(n => new Sms($"V-{n}", $"DINKES {n}", Now)));
        await ListedAsync("vonage");
        (await TextsAsync("vonage", "V-[1-5]")).ShouldBe(Enumerable.Range(1, 5).Select(n => $"DINKES {n}"), ignoreOrder: true);
        (await fixture.Database.ScalarAsync<string>("select account || ' ' || sender from message join message_content on message_id = id where provider_message_id = 'V-5'"))
            .ShouldBe("abcd1234 +6281234567890");
        var first = fixture.Provider.Calls(ProviderServer.VonagePath)[^3];
        new[] { "account_id", "product", "direction", "include_message" }.Select(name => first.Query[name].ToString()).ShouldBe(["abcd1234", "SMS", "inbound", "true"]);
        DateTimeOffset TimeOf(string name) => DateTimeOffset.Parse(first.Query[name]!, System.Globalization.CultureInfo.InvariantCulture);
        (TimeOf("date_end") - TimeOf("date_start")).ShouldBeLessThanOrEqualTo(TimeSpan.FromDays(1));
        fixture.Provider.Holds(ProviderServer.VonagePath);
    }

    [Fact]
    public async Task SMS_1_a_part_of_a_long_message_that_the_door_has_is_not_taken_from_the_list_as_a_message()
    {
        await PartAsync("V-part", 1, "DINKES bagian");
        fixture.Provider.Holds(ProviderServer.VonagePath, new Sms("V-part", "DINKES bagian", Now), new Sms("V-whole", "DINKES utuh", Now));
        await ListedAsync("vonage");
        (await TextsAsync("vonage", "V-(part|whole)")).ShouldBe(["DINKES utuh"]);
        fixture.Provider.Holds(ProviderServer.VonagePath);
    }

    [Fact]
    public async Task SMS_1_a_part_that_the_list_told_of_before_its_webhook_comes_is_not_taken_twice()
    {
        fixture.Provider.Holds(ProviderServer.VonagePath, new Sms("V-late-1", "DINKES bagian satu ", Now), new Sms("V-late-2", "bagian dua", Now));
        await ListedAsync("vonage");
        await PartAsync("V-late-1", 1, "DINKES bagian satu ", reference: "8");
        await PartAsync("V-late-2", 2, "bagian dua", reference: "8");
        (await TextsAsync("vonage", "V-late-.")).ShouldBe(["DINKES bagian satu ", "bagian dua"], ignoreOrder: true);
        (await fixture.Database.ScalarAsync<long>("select count(*) from message_part where provider_message_id like 'V-late-%'")).ShouldBe(0);
        fixture.Provider.Holds(ProviderServer.VonagePath);
    }

    [Fact]
    public async Task SMS_1_other_words_of_a_list_under_an_id_that_is_held_are_kept_once_and_recover_nothing()
    {
        await DoorAsync("AccountSid=AC1&Body=dari%20pintu%20saja&From=%2B6281234567890&MessageSid=SM-held&To=%2B6281100000001");
        await DoorAsync("AccountSid=AC1&Body=akan%20dihapus&From=%2B6281234567890&MessageSid=SM-gone&To=%2B6281100000001");
        await PartAsync("V-held", 1, "DINKES bagian ", reference: "21");
        await PartAsync("V-same", 1, "DINKES sama ", reference: "22");
        fixture.Provider.Holds(ProviderServer.TwilioPath, new Sms("SM-held", "kata lain", Now), new Sms("SM-gone", "", Now));
        fixture.Provider.Holds(ProviderServer.VonagePath, new Sms("V-held", "bagian lain", Now), new Sms("V-same", "DINKES sama ", Now));
        using var recovered = new Recovered("twilio");
        await ListedAsync("twilio");
        await ListedAsync("vonage");
        await ListedAsync("twilio");

        (await OtherWordsAsync("SM-held")).ShouldHaveSingleItem().ShouldContain("kata lain");
        (await OtherWordsAsync("V-held")).ShouldHaveSingleItem().ShouldContain("bagian lain");
        (await OtherWordsAsync("SM-gone")).ShouldBeEmpty();
        (await OtherWordsAsync("V-same")).ShouldBeEmpty();
        (await TextsAsync("twilio", "SM-(held|gone)")).ShouldBe(["dari pintu saja", "akan dihapus"], ignoreOrder: true);
        recovered.Count.ShouldBe(0);
        fixture.Provider.Holds(ProviderServer.TwilioPath);
        fixture.Provider.Holds(ProviderServer.VonagePath);
    }

    [Fact]
    public async Task SMS_1_a_part_with_other_words_than_the_list_told_under_its_id_is_kept_visibly()
    {
        fixture.Provider.Holds(ProviderServer.VonagePath, new Sms("V-told", "DINKES dari daftar", Now));
        await ListedAsync("vonage");
        await PartAsync("V-told", 1, "DINKES dari pintu", reference: "23");
        (await TextsAsync("vonage", "V-told")).ShouldBe(["DINKES dari daftar"]);
        (await OtherWordsAsync("V-told")).ShouldHaveSingleItem().ShouldContain("dari+pintu");
        fixture.Provider.Holds(ProviderServer.VonagePath);
    }

    [Fact]
    public async Task SMS_1_door_and_list_with_the_same_parts_at_the_same_moment_take_each_once()
    {
        var parts = Enumerable.Range(1, 20).Select(n => (Id: $"V-race-{n}", Text: $"DINKES balapan {n} ")).ToList();
        fixture.Provider.Holds(ProviderServer.VonagePath, parts.Select(part => new Sms(part.Id, part.Text, Now)));
        await Task.WhenAll([ListedAsync("vonage"), .. parts.Select((part, index) => PartAsync(part.Id, index + 1, part.Text, reference: "9", total: 20))]);
        (await fixture.Database.ScalarAsync<long>("""
            select count(*) from (select provider_message_id from message where provider_message_id like 'V-race-%'
              union all select provider_message_id from message_part where provider_message_id like 'V-race-%') stored
            """)).ShouldBe(20);
        fixture.Provider.Holds(ProviderServer.VonagePath);
    }

    [Fact]
    public async Task SMS_1_what_Infobip_tells_once_is_stored_whatever_happens_behind_it()
    {
        await fixture.Database.ExecuteAsync("""
            create table failing_for_test ();
            insert into failing_for_test default values;
            grant select on failing_for_test to public;
            create function fail_for_test() returns trigger language plpgsql as $$ begin if exists (select from failing_for_test) then raise exception 'for the test'; end if; return null; end $$;
            create trigger fail_for_test before insert on message for each statement execute function fail_for_test();
            """);
        fixture.Provider.Holds(ProviderServer.InfobipPath, Enumerable.Range(1, 3).Select(n => new Sms($"I-{n}", $"DINKES {n}", Now)));
        fixture.Clock.Advance(Interval);
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>("select count(*) = 1 from pulled_page"));
        await Eventually.TrueAsync(() => Task.FromResult(fixture.Provider.Calls(ProviderServer.InfobipPath).Count > 0));
        (await TextsAsync("infobip", "I-[1-3]")).ShouldBeEmpty();

        // To drop the trigger would wait for the round that still asks, and the round for it.
        await fixture.Database.ExecuteAsync("delete from failing_for_test");
        await ListedAsync("infobip");
        (await TextsAsync("infobip", "I-[1-3]")).ShouldBe(["DINKES 1", "DINKES 2", "DINKES 3"], ignoreOrder: true);
        (await fixture.Database.ScalarAsync<long>("select count(*) from pulled_page")).ShouldBe(0);
        fixture.Provider.Calls(ProviderServer.InfobipPath)[^1].Authorization.ShouldBe("App kunci-api");
    }

    [Fact]
    public async Task SMS_1_a_page_that_nobody_can_read_is_kept_and_its_readable_messages_are_stored()
    {
        fixture.Provider.Script(ProviderServer.InfobipPath,
            ProviderServer.Says(200, """{"results":[{"messageId":"I-odd"},{"messageId":"I-good","from":"6281234567890","to":"1","text":"baik"}]}"""), ProviderServer.Says(200, "<html>"));
        var refused = await fixture.Database.ScalarAsync<long>("select count(*) from quarantine");
        fixture.Clock.Advance(Interval);
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>("select exists (select from pulled_page where body = '<html>')"));
        await Eventually.TrueAsync(async () => (await TextsAsync("infobip")).Contains("baik"));
        (await fixture.Database.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(refused + 1);
        await fixture.Database.ExecuteAsync("delete from pulled_page");
        await ListedAsync("infobip");
    }

    [Fact]
    public async Task SMS_1_too_many_calls_a_fault_and_silence_are_waited_out()
    {
        fixture.Provider.Holds(ProviderServer.TwilioPath, new Sms("SM-patient", "DINKES sabar", Now));
        fixture.Provider.Script(ProviderServer.TwilioPath, ProviderServer.Says(429, retryAfter: 1), ProviderServer.Says(500), ProviderServer.IsSilent);
        await ListedAsync("twilio");
        (await TextsAsync("twilio")).ShouldContain("DINKES sabar");
        fixture.Provider.Holds(ProviderServer.TwilioPath);
    }

    [Fact]
    public async Task SMS_1_a_message_that_may_be_on_its_way_to_the_door_is_not_taken_from_the_list()
    {
        var sent = Now + Interval;
        fixture.Provider.Holds(ProviderServer.TwilioPath, new Sms("SM-young", "DINKES baru", sent));
        await ListedAsync("twilio");
        (await TextsAsync("twilio")).ShouldNotContain("DINKES baru");
        await ListedAsync("twilio");
        (await TextsAsync("twilio")).ShouldContain("DINKES baru");
        fixture.Provider.Holds(ProviderServer.TwilioPath);
    }

    public static TheoryData<string, string> Refusals => new()
    {
        { "wrong credentials", "401" },
        { "a redirect", "302" },
        { "no JSON", "<html>" },
        { "a list that goes on elsewhere", """{"messages":[],"next_page_uri":"http://127.0.0.1:9/2010-04-01/Accounts/AC1/Messages.json"}""" },
        { "a list without end", """{"messages":[],"next_page_uri":"/2010-04-01/Accounts/AC1/Messages.json"}""" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task SMS_1_a_list_that_cannot_be_read_for_an_hour_is_told_by_health_and_the_service_stays_ready(string what, string answer)
    {
        what.ShouldNotBeEmpty();
        await ListedAsync("twilio");
        var before = fixture.Provider.Calls(ProviderServer.TwilioPath).Count;
        var says = answer.Length == 3 ? ProviderServer.Says(int.Parse(answer, System.Globalization.CultureInfo.InvariantCulture)) : ProviderServer.Says(200, answer);
        fixture.Provider.Script(ProviderServer.TwilioPath, Enumerable.Repeat(says, 201));
        fixture.Clock.Advance(TimeSpan.FromMinutes(61));
        await Eventually.TrueAsync(async () => (await HealthAsync()).Contains("channel twilio", StringComparison.Ordinal) && fixture.Provider.Calls(ProviderServer.TwilioPath).Count > before);
        (await fixture.Client().GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);

        fixture.Provider.Script(ProviderServer.TwilioPath);
        await ListedAsync("twilio");
        await Eventually.GetAsync(HealthAsync, health => health.StartsWith("Healthy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SMS_1_of_two_instances_one_asks()
    {
        await fixture.StartInstanceAsync();
        await ListedAsync("vonage");
        var before = fixture.Provider.Calls(ProviderServer.VonagePath).Count;
        for (var n = 0; n < 3; n++)
            await ListedAsync("vonage");
        fixture.Provider.Calls(ProviderServer.VonagePath).Count.ShouldBe(before + 3);
    }

    /// <summary>An interval later the list was read to its end.</summary>
    private async Task ListedAsync(string channel)
    {
        fixture.Clock.Advance(Interval);
        var now = Now;
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select coalesce((select listed_until = '{now:O}' from provider_list where channel = '{channel}'), false)"));
    }

    private async Task<string> HealthAsync()
    {
        var check = (await fixture.Client().GetFromJsonAsync<JsonElement>("/health/ready")).GetProperty("checks").GetProperty("provider-lists");
        return $"{check.GetProperty("status").GetString()} {check.GetProperty("description").GetString()}";
    }

    private async Task<List<string>> TextsAsync(string channel, string ids = ".*") =>
        [.. (await fixture.Database.ScalarAsync<string[]>($"select coalesce(array_agg(text), '{{}}') from message_content join message on id = message_id where channel = '{channel}' and provider_message_id ~ '^{ids}$'"))];

    private Task<List<string>> OtherWordsAsync(string id) => Servers.TextsAsync(
        fixture.Database.Name, "select convert_from(body, 'UTF8') from quarantine where reason = $2 and convert_from(body, 'UTF8') like $1", $"id: {id}\r%", InboundSms.Receive.Intake.OtherWords);

    /// <summary>A part as Vonage's webhook brings it.</summary>
    private async Task PartAsync(string id, int number, string text, string reference = "7", int total = 2)
    {
        var fields = new Dictionary<string, string>
        {
            ["messageId"] = id,
            ["msisdn"] = "6281234567890",
            ["to"] = "6281100000001",
            ["api-key"] = "abcd1234",
            ["type"] = "text",
            ["text"] = text,
            ["timestamp"] = $"{Now.ToUnixTimeSeconds()}",
            ["concat"] = "true",
            ["concat-ref"] = reference,
            ["concat-total"] = $"{total}",
            ["concat-part"] = $"{number}",
        };
        fields["sig"] = VonageTests.Sign(fields, "Sha256");
        using var form = new FormUrlEncodedContent(fields);
        (await fixture.Client().PostAsync("/webhooks/sms/vonage", form)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task DoorAsync(string form)
    {
        using var request = ProviderFixture.Post("/webhooks/sms/twilio", Encoding.UTF8.GetBytes(form), "application/x-www-form-urlencoded", ("X-Twilio-Signature", TwilioTests.Sign(ProviderFixture.TwilioUrl, form)));
        (await fixture.Client().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Counts what the metric says.</summary>
    private sealed class Recovered : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _count;

        public Recovered(string channel)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "platform.sms.recovered")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            {
                if (tags.ToArray().Contains(new("platform.sms.channel", channel)))
                    Interlocked.Add(ref _count, value);
            });
            _listener.Start();
        }

        public long Count => Interlocked.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }
}
