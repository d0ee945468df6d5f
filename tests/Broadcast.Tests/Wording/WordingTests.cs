using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Broadcast.Tests.Testing;
using Broadcast.Wording;

namespace Broadcast.Tests.Wording;

public sealed class PricedFixture : BroadcastFixture
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>(StringComparer.Ordinal) { ["Broadcast:PricePerSegment"] = "350" };
}

public sealed class WordingTests(PricedFixture city) : IClassFixture<PricedFixture>
{
    private async Task<JsonElement> PreviewAsync(string text) => await (await city.Administrator().PostAsJsonAsync($"{Flow.Path}/wording/preview", new { text })).BodyAsync();

    [Fact]
    public async Task BRO_4_each_wording_is_a_revision_and_of_two_authors_one_wins()
    {
        var broadcast = await city.RequestAsync();
        var first = await city.WordAsync(broadcast, "Rapat e\u0301 besok");
        first.GetProperty("revision").GetInt32().ShouldBe(1);
        var answers = await Task.WhenAll(city.TryWordAsync(first, "dua"), city.TryWordAsync(first, "tiga"), city.TryWordAsync(first, "empat"));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        var conflict = await answers.First(answer => answer.StatusCode == HttpStatusCode.Conflict).BodyAsync(HttpStatusCode.Conflict);
        conflict.GetProperty("current").GetProperty("revision").GetInt32().ShouldBe(2);
        var revisions = (await city.Administrator().GetFromJsonAsync<JsonElement>($"{Flow.PathOf(first)}/revisions")).GetProperty("items").EnumerateArray().ToList();
        revisions.Select(revision => revision.GetProperty("no").GetInt32()).ShouldBe([2, 1]);
        // Two spellings of one letter would be two hashes.
        revisions[1].GetProperty("text").GetString().ShouldBe("Rapat \u00E9 besok");
    }

    [Theory]
    [InlineData("""{"text":" "}""", "text")]
    [InlineData("""{"text":"a\u0007"}""", "text")]
    [InlineData("""{"text":"Yth. {name}"}""", "text")]
    [InlineData("""{"text":"Yth. {nama"}""", "text")]
    [InlineData("""{"sendAt":"2026-12-31T23:30:00"}""", "sendAt")]
    [InlineData("""{"sendAt":"2026-12-31"}""", "sendAt")]
    [InlineData("""{"sendAt":"2026-02-31T23:30:00+07:00"}""", "sendAt")]
    [InlineData("""{"sendAt":"2026-01-05T08:58:59+07:00"}""", "sendAt")]
    [InlineData("""{"validUntil":"2026-12-31T23:30:00"}""", "validUntil")]
    [InlineData("""{"sendAt":"2026-01-06T09:00:00+07:00","validUntil":"2026-01-06T09:00:00+07:00"}""", "validUntil")]
    [InlineData("""{"senderId":"PEMKOTBKS"}""", "senderId")]
    [InlineData("""{"senderId":"PEMKOTBEKASI"}""", "senderId")]
    [InlineData("""{"senderId":"12345"}""", "senderId")]
    [InlineData("""{"lateAfterMinutes":0}""", "lateAfterMinutes")]
    [InlineData("""{"invitation":{"place":"Aula","startsAt":"2026-02-01T09:00:00+07:00"}}""", "invitation")]
    [InlineData("""{"audience":{"include":[]}}""", "audience.include")]
    [InlineData("""{"audience":{"include":[{}]}}""", "audience.include[0]")]
    public async Task BRO_4_a_wording_that_would_go_wrong_is_refused_with_its_field_and_changes_nothing(string wrong, string field)
    {
        var broadcast = await city.RequestAsync();
        var body = new Dictionary<string, object> { ["version"] = broadcast.Version, ["text"] = "Rapat", ["audience"] = new { include = new[] { new { unitId = city.City } } } };
        foreach (var member in JsonElement.Parse(wrong).EnumerateObject())
            body[member.Name] = member.Value;
        (await (await city.Administrator().PutAsJsonAsync($"{Flow.PathOf(broadcast)}/wording", body)).FieldAsync()).ShouldBe(field);
        (await city.NowAsync(broadcast)).GetProperty("revision").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task BRO_4_a_time_is_kept_as_the_instant_that_was_meant()
    {
        var broadcast = await city.RequestAsync();
        var answer = await (await city.TryWordAsync(broadcast, sendAt: "2026-12-31T23:30:00+07:00")).BodyAsync();
        answer.GetProperty("revision").GetProperty("sendAt").GetDateTimeOffset().ShouldBe(new DateTimeOffset(2026, 12, 31, 16, 30, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("a*160", 1, 1)]
    [InlineData("a*161", 2, 1)]
    [InlineData("a*306", 2, 1)]
    [InlineData("a*307", 3, 1)]
    [InlineData("a*159 \u20AC*1", 2, 1)]
    [InlineData("a*152 \u20AC*1 a*152", 3, 1)]
    [InlineData("[*80", 1, 1)]
    [InlineData("[*81", 2, 1)]
    [InlineData("\u0416*70", 1, 2)]
    [InlineData("\u0416*71", 2, 2)]
    [InlineData("\u0416*134", 2, 2)]
    [InlineData("\u0416*135", 3, 2)]
    [InlineData("\uD83D\uDE00*35", 1, 2)]
    [InlineData("\uD83D\uDE00*36", 2, 2)]
    [InlineData("\u0416*66 \uD83D\uDE00*1 \u0416*66", 3, 2)]
    public async Task BRO_4_segments_are_counted_as_operators_charge_them(string pattern, int segments, int bytes)
    {
        var text = string.Concat(pattern.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('*'))
            .Select(part => string.Concat(Enumerable.Repeat(part[0], int.Parse(part[1], System.Globalization.CultureInfo.InvariantCulture)))));
        var travel = (await PreviewAsync(text.Length == 0 ? "a" : text)).GetProperty("travel");
        travel.GetProperty("segmentsMin").GetInt32().ShouldBe(segments);
        travel.GetProperty("segmentsMax").GetInt32().ShouldBe(segments);
        travel.GetProperty("isGsm").GetBoolean().ShouldBe(bytes == 1);
        travel.GetProperty("costMax").GetDecimal().ShouldBe(segments * 350m);
    }

    [Fact]
    public async Task BRO_4_a_curly_apostrophe_is_named_and_the_cheap_spelling_proposed_with_its_cost()
    {
        var travel = (await PreviewAsync($"{new string('a', 144)}Jum\u2019at")).GetProperty("travel");
        travel.GetProperty("segmentsMax").GetInt32().ShouldBe(3);
        var expensive = travel.GetProperty("expensive").EnumerateArray().Single();
        (expensive.GetProperty("character").GetString(), expensive.GetProperty("proposal").GetString(), expensive.GetProperty("isOutsideGsm").GetBoolean()).ShouldBe(("\u2019", "'", true));
        var cheaper = travel.GetProperty("cheaper");
        cheaper.GetProperty("text").GetString()!.ShouldEndWith("Jum'at");
        (cheaper.GetProperty("segmentsMax").GetInt32(), cheaper.GetProperty("costMax").GetDecimal()).ShouldBe((1, 350m));
    }

    [Theory]
    [InlineData("\u201Cya\u201D \u2013 \u2026", "\"ya\" - ...")]
    [InlineData("a\u0304b\u00A0c", "ab c")]
    [InlineData("[1] {nama} ~", "(1) {nama} -")]
    [InlineData("\u4F60", "\u4F60")]
    public void BRO_4_proposals_keep_the_sense_and_leave_what_only_a_person_can_change(string text, string proposed) => CheapSpelling.Of(text.Normalize()).ShouldBe(proposed);

    [Fact]
    public async Task BRO_4_a_preview_shows_each_kind_of_recipient_and_a_shared_phone_names_nobody()
    {
        var samples = (await PreviewAsync("Yth. {nama}, {jabatan} {unit}")).GetProperty("samples").EnumerateArray()
            .ToDictionary(sample => sample.GetProperty("kind").GetString()!, sample => sample.GetProperty("text").GetString());
        samples["Mayor"].ShouldBe($"Yth. {city.Mayor.Name}, Wali Kota KOTA");
        samples["HeadOfUnit"]!.ShouldContain("Kepala Dinas");
        samples["Shared"].ShouldBe("Yth. Bapak/Ibu, Bapak/Ibu ");
        samples.Keys.ShouldContain("Person");
    }

    [Fact]
    public async Task BRO_4_a_text_of_seven_sms_is_refused()
    {
        var broadcast = await city.RequestAsync();
        (await (await city.TryWordAsync(broadcast, new string('a', 6 * 153 + 1))).FieldAsync()).ShouldBe("text");
        (await city.TryWordAsync(broadcast, new string('a', 6 * 153))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task BRO_4_a_template_is_written_changed_once_by_two_retired_and_brought_back()
    {
        var name = $"Rapat {Guid.CreateVersion7()}";
        Task<HttpResponseMessage> EditAsync(JsonElement template, long version, string text, bool retired = false) => city.Administrator()
            .PutAsJsonAsync($"{Flow.Path}/templates/{template.GetProperty("id").GetString()}", new { version, name, kind = "Invitation", text, retired });
        var template = await (await city.Administrator().PostAsJsonAsync($"{Flow.Path}/templates", new { name, kind = "Invitation", text = "Yth. {nama}" })).BodyAsync(HttpStatusCode.Created);
        (await (await city.Administrator().PostAsJsonAsync($"{Flow.Path}/templates", new { name = name.ToUpperInvariant(), kind = "Question", text = "a" })).CodeAsync()).ShouldBe("name-taken");
        var answers = await Task.WhenAll(EditAsync(template, 1, "dua"), EditAsync(template, 1, "tiga"));
        answers.Select(answer => answer.StatusCode).Order().ShouldBe([HttpStatusCode.OK, HttpStatusCode.Conflict]);
        (await (await EditAsync(template, 2, "{x}")).FieldAsync()).ShouldBe("text");
        (await (await EditAsync(template, 2, "empat", retired: true)).BodyAsync()).GetProperty("retiredAt").ValueKind.ShouldBe(JsonValueKind.String);
        async Task<bool> IsListedAsync() => (await city.Chair().GetFromJsonAsync<JsonElement>($"{Flow.Path}/templates?kind=Invitation")).GetProperty("items").EnumerateArray()
            .Any(item => item.GetProperty("name").GetString() == name);
        (await IsListedAsync()).ShouldBeFalse();
        (await EditAsync(template, 3, "lima")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await IsListedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task BRO_4_a_key_is_for_one_template_and_another_under_it_is_refused()
    {
        using var administrator = city.Administrator();
        administrator.DefaultRequestHeaders.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        var name = $"Apel {Guid.CreateVersion7()}";
        Task<HttpResponseMessage> CreateAsync(string text) => administrator.PostAsJsonAsync($"{Flow.Path}/templates", new { name, kind = "Information", text });
        var (first, again) = (await (await CreateAsync("satu")).BodyAsync(HttpStatusCode.Created), await (await CreateAsync("satu")).BodyAsync(HttpStatusCode.Created));
        again.GetProperty("id").GetString().ShouldBe(first.GetProperty("id").GetString());
        (await (await CreateAsync("dua")).CodeAsync(HttpStatusCode.UnprocessableEntity)).ShouldBe("idempotency-key-reused");
    }

    [Fact]
    public async Task BRO_2_an_invitation_has_place_and_time_and_a_file_for_the_calendar()
    {
        var broadcast = await city.RequestAsync("Invitation");
        (await (await city.TryWordAsync(broadcast)).FieldAsync()).ShouldBe("invitation");
        (await (await city.TryWordAsync(broadcast, invitation: new { place = "Aula", startsAt = "2026-01-06T08:00:00+07:00" })).FieldAsync()).ShouldBe("invitation.startsAt");
        var place = $"Aula; Lt. 2, {new string('\u00E9', 60)}";
        var worded = await city.WordAsync(broadcast, "Yth. {nama},\nhadir", invitation: new { place, startsAt = "2026-02-01T09:00:00+07:00", endsAt = "2026-02-01T11:00:00+07:00", dress = "Batik" });
        var answer = await city.Chair().GetAsync($"{Flow.PathOf(worded)}/invitation.ics");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/calendar");
        var file = await answer.Content.ReadAsStringAsync();
        file.Split("\r\n").ShouldAllBe(line => Encoding.UTF8.GetByteCount(line) <= 75 && !line.Contains('\n'));
        var unfolded = file.Replace("\r\n ", "", StringComparison.Ordinal).Split("\r\n");
        unfolded.ShouldContain("DTSTART:20260201T020000Z");
        unfolded.ShouldContain("DTEND:20260201T040000Z");
        unfolded.ShouldContain($"LOCATION:Aula\\; Lt. 2\\, {new string('\u00E9', 60)}");
        unfolded.ShouldContain(@"DESCRIPTION:Yth. Bapak/Ibu\,\nhadir\nPakaian: Batik");

        // Whom it was sent has it too, and nobody else.
        (await city.As(city.HealthClerk).GetAsync($"{Flow.PathOf(worded)}/invitation.ics")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await city.SubmitAsync(worded);
        (await city.As(city.HealthClerk).GetAsync($"{Flow.PathOf(worded)}/invitation.ics")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var id = worded.GetProperty("id").GetString();
        await city.Database.ExecuteAsync($"update broadcast set started_at = now(), state = 'Completed' where id = '{id}'");
        foreach (var (state, why, status) in new[]
        {
            ("Ordered", "null", HttpStatusCode.OK), ("Skipped", "'no-number'", HttpStatusCode.OK), ("Skipped", "'left-office'", HttpStatusCode.NotFound), ("Listed", "null", HttpStatusCode.NotFound),
        })
        {
            await city.Database.ExecuteAsync($"update recipient set state = '{state}', skip_reason = {why} where broadcast_id = '{id}' and official_id = '{city.HealthClerk.Official}'");
            (await city.As(city.HealthClerk).GetAsync($"{Flow.PathOf(worded)}/invitation.ics")).StatusCode.ShouldBe(status, $"{state} {why}");
        }

        (await city.Client(Guid.CreateVersion7()).GetAsync($"{Flow.PathOf(worded)}/invitation.ics")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("Draft", HttpStatusCode.OK)]
    [InlineData("Late", HttpStatusCode.OK)]
    [InlineData("Completed", HttpStatusCode.Conflict)]
    [InlineData("Cancelled", HttpStatusCode.Conflict)]
    [InlineData("Rejected", HttpStatusCode.Conflict)]
    public async Task BRO_4_what_is_over_is_not_changed(string state, HttpStatusCode expected)
    {
        var worded = await city.WordAsync(await city.RequestAsync());
        await city.Database.ExecuteAsync($"update broadcast set state = '{state}' where id = '{worded.GetProperty("id").GetString()}'");
        (await city.TryWordAsync(worded, "lain")).StatusCode.ShouldBe(expected);
    }
}
