using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using InboundSms.Tests.Testing;
using Npgsql;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Live;

public sealed class WatchMessagesTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private const string Path = "/api/inbound-sms/messages/events";

    [Fact]
    public async Task SMS_4_an_open_inbox_is_told_what_happens_to_its_cases_on_any_instance_and_without_words()
    {
        var (office, other) = (await fixture.OfficeAsync(), await fixture.OfficeAsync());
        await fixture.StartInstanceAsync();
        await using var stream = await OpenAsync(fixture.Client(office.Officials[0], instance: 1));
        await using var all = await OpenAsync(fixture.Client(roles: Roles.Chair));
        var foreign = await fixture.SendAndRouteAsync($"{other.Keyword} milik lain", "+6281270000001");
        var own = await fixture.SendAndRouteAsync($"{office.Keyword} rahasia kami", "+6281270000002");
        (await fixture.Client(office.Officials[0]).PostAsJsonAsync($"/api/inbound-sms/messages/{own}/answers", new { text = "Jawab" })).EnsureSuccessStatusCode();

        var told = new[] { await stream.ChangeAsync(), await stream.ChangeAsync() };
        told.Select(change => change.Data.GetProperty("kind").GetString()).ShouldBe(["Opened", "Answered"]);
        told.ShouldAllBe(change => change.Data.GetProperty("id").GetGuid() == own);
        told[0].Data.GetRawText().ShouldNotContain("rahasia");
        (await all.ChangeAsync()).Data.GetProperty("id").GetGuid().ShouldBe(foreign);
    }

    [Fact]
    public async Task SMS_4_who_comes_back_hears_what_he_missed_once_and_in_order()
    {
        var office = await fixture.OfficeAsync();
        var client = fixture.Client(office.Officials[0]);
        string last;
        await using (var stream = await OpenAsync(client))
        {
            await fixture.SendAndRouteAsync($"{office.Keyword} sebelum putus", "+6281270000003");
            last = (await stream.ChangeAsync()).Id;
        }

        var missed = new List<Guid>();
        for (var n = 0; n < 5; n++)
            missed.Add(await fixture.SendAndRouteAsync($"{office.Keyword} saat putus {n}", $"+628127100000{n}"));
        await using var again = await OpenAsync(client, last);
        foreach (var id in missed)
            (await again.ChangeAsync()).Data.GetProperty("id").GetGuid().ShouldBe(id);
    }

    [Fact]
    public async Task SMS_4_an_event_that_is_saved_before_an_earlier_one_hides_nothing()
    {
        var office = await fixture.OfficeAsync();
        var message = await fixture.SendAndRouteAsync($"{office.Keyword} dua transaksi", "+6281270000004");
        await using var stream = await OpenAsync(fixture.Client(office.Officials[0]));
        // A transaction that began earlier ends later.
        await using var connection = new NpgsqlConnection(fixture.Database.Administrator);
        await connection.OpenAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var slow = new NpgsqlCommand($"insert into case_change (event_id, case_id, kind) select '{Guid.CreateVersion7()}', id, 'Slow' from sms_case where first_message_id = '{message}'", connection);
            await slow.ExecuteNonQueryAsync();
            (await fixture.Client(office.Officials[0]).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/notes", new { text = "Cepat" })).EnsureSuccessStatusCode();
            (await stream.NextButOpeningAsync(message)).Type.ShouldBe("heartbeat");
            await transaction.CommitAsync();
        }

        (await stream.ChangeAsync(message)).Data.GetProperty("kind").GetString().ShouldBe("Slow");
        (await stream.ChangeAsync(message)).Data.GetProperty("kind").GetString().ShouldBe("NoteAdded");
    }

    [Fact]
    public async Task SMS_4_whose_case_it_is_is_asked_anew_for_each_event_and_who_gave_it_away_hears_that()
    {
        var (from, to) = (await fixture.OfficeAsync(), await fixture.OfficeAsync());
        var message = await fixture.SendAndRouteAsync($"{from.Keyword} pindah", "+6281270000005");
        await using var there = await OpenAsync(fixture.Client(from.Officials[0]));
        await using var here = await OpenAsync(fixture.Client(to.Officials[0]));
        (await fixture.Client(from.Officials[0]).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/forward",
            new { keyword = to.Keyword, reason = "Unit lain", version = 1 })).EnsureSuccessStatusCode();
        (await fixture.Client(to.Officials[0]).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/notes", new { text = "Kami terima" })).EnsureSuccessStatusCode();
        var next = await fixture.SendAndRouteAsync($"{from.Keyword} sesudahnya", "+6281270000006");

        (await here.ChangeAsync(message)).Data.GetProperty("kind").GetString().ShouldBe("Forwarded");
        (await here.ChangeAsync(message)).Data.GetProperty("kind").GetString().ShouldBe("NoteAdded");
        (await there.ChangeAsync(message)).Data.GetProperty("kind").GetString().ShouldBe("Forwarded");
        (await there.ChangeAsync(message)).Data.GetProperty("id").GetGuid().ShouldBe(next);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DIR_7_a_stream_ends_with_its_session_or_its_token(bool revoked)
    {
        var (session, office) = (Guid.CreateVersion7(), await fixture.OfficeAsync());
        using var client = fixture.Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", fixture.SignIn.Token(fixture.Clock.GetUtcNow(), office.Officials[0], session, Roles.Official));
        await using var stream = await OpenAsync(client);
        var later = revoked ? TimeSpan.Zero : TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(10);
        fixture.Clock.Advance(later);
        await fixture.SignIn.PublishAsync(fixture.Database, fixture.Clock.GetUtcNow() + (revoked ? TimeSpan.FromMinutes(10) : TimeSpan.Zero), revoked ? [session] : []);
        (await stream.UntilAsync("signed-out")).ShouldBeTrue();
        (await stream.EndsAsync()).ShouldBeTrue();
        fixture.Clock.Advance(-later);
    }

    [Fact]
    public async Task SMS_4_an_account_opens_so_many_streams_and_another_when_one_is_closed()
    {
        var client = fixture.Client((await fixture.OfficeAsync()).Officials[0]);
        var open = new Stack<Listening>();
        for (var n = 0; n < 5; n++)
            open.Push(await OpenAsync(client));
        await (await client.GetAsync(Path)).ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "too-many-streams");
        await open.Pop().DisposeAsync();
        await Eventually.TrueAsync(async () =>
        {
            using var one = await client.GetAsync(Path, HttpCompletionOption.ResponseHeadersRead);
            return one.StatusCode == HttpStatusCode.OK;
        });
        foreach (var stream in open)
            await stream.DisposeAsync();
    }

    [Fact]
    public async Task SMS_4_who_missed_too_much_or_comes_from_another_time_is_told_to_load_anew()
    {
        var client = fixture.Client((await fixture.OfficeAsync()).Officials[0]);
        await fixture.SendAndRouteAsync("DINKES ada perubahan", "+6281270000007");
        foreach (var point in new[] { "0-0", "9000000000000-1" })
        {
            await using var stream = await OpenAsync(client, point);
            (await stream.NextAsync()).Type.ShouldBe("reload");
        }
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("1")]
    [InlineData("-1-1")]
    [InlineData("1-99999999999999999999")]
    public async Task SMS_4_a_wrong_last_event_is_a_problem_that_names_it(string last)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path) { Headers = { { "Last-Event-ID", last } } };
        await (await fixture.Client(fixture.DinkesOfficial).SendAsync(request)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "cursor", "Last-Event-ID");
    }

    private static async Task<Listening> OpenAsync(HttpClient client, string? last = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        if (last is not null)
            request.Headers.Add("Last-Event-ID", last);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var stream = new Listening(response, await response.Content.ReadAsStreamAsync());
        // The first one says from where on it listens.
        if (last is null)
            (await stream.NextAsync()).Type.ShouldBe("heartbeat");
        return stream;
    }

    private sealed record Told(string Type, string Id, JsonElement Data);

    private sealed class Listening(HttpResponseMessage response, Stream stream) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<SseItem<string>> _items = SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator();

        public async Task<Told> NextAsync()
        {
            (await _items.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue();
            var item = _items.Current;
            return new(item.EventType, item.EventId!, JsonDocument.Parse(item.Data.Length == 0 ? "null" : item.Data).RootElement);
        }

        /// <summary>The next one that is no heartbeat; nor, where the case was there before, that it was opened: that can become visible after the stream was.</summary>
        public async Task<Told> ChangeAsync(Guid? known = null)
        {
            for (var heartbeats = 0; heartbeats < 60; heartbeats++)
            {
                if (await NextAsync() is { Type: not "heartbeat" } told && !IsOpeningOf(known, told))
                    return told;
            }

            throw new TimeoutException("Nothing but heartbeats.");
        }

        public async Task<Told> NextButOpeningAsync(Guid known)
        {
            while (true)
            {
                if (await NextAsync() is var told && !IsOpeningOf(known, told))
                    return told;
            }
        }

        private static bool IsOpeningOf(Guid? known, Told told) =>
            told.Type == "change" && told.Data.GetProperty("id").GetGuid() == known && told.Data.GetProperty("kind").GetString() == "Opened";

        public async Task<bool> UntilAsync(string type) => (await ChangeAsync()).Type == type;

        public async Task<bool> EndsAsync() => !await _items.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        public async ValueTask DisposeAsync()
        {
            response.Dispose();
            try
            {
                await _items.DisposeAsync();
            }
            catch (Exception end) when (end is IOException or ObjectDisposedException or HttpRequestException)
            {
                // Its wire is gone.
            }
        }
    }
}
