using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Notification;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Publishing;

/// <summary>What people do to a publication: hide, uncover, confirm, take down, bring back.</summary>
public sealed class EditPublicationTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private const string Question = "DINKES petugas Pak Darmo kasar, hub 081234567890";

    private HttpClient Official => fixture.Client(fixture.DinkesOfficial);

    private HttpClient Chair => fixture.Client(roles: Roles.Chair);

    [Fact]
    public async Task SMS_8_the_answerer_hides_a_name_with_his_answer_and_it_is_public_without_a_further_look()
    {
        var id = await fixture.SendAndRouteAsync(Question, "+6281250000001");
        var preview = await ReadAsync(await Official.PostAsJsonAsync(Path(id, "preview"), new { text = "Bu Siti menghubungi Anda" }));
        Shown(preview, "question").ShouldBe("DINKES petugas Pak Darmo kasar, hub ████████████");
        var (name, siti) = (Doubtful(preview, "question"), Doubtful(preview, "answer"));
        (name.Start, name.Length, siti.Start, siti.Length).ShouldBe((19, 5, 3, 4));

        await AnswerAsync(id, new { text = "Bu Siti menghubungi Anda", questionMasks = new[] { new { start = 19, length = 2 } }, answerMasks = new[] { new { start = 3, length = 4 } } });
        var item = await PublicAsync(id);
        item.GetProperty("text").GetString().ShouldBe("DINKES petugas Pak █████ kasar, hub ████████████");
        item.GetProperty("answers")[0].GetProperty("text").GetString().ShouldBe("Bu ████ menghubungi Anda");
    }

    [Fact]
    public async Task SMS_8_what_is_doubtful_waits_until_somebody_has_looked_at_it()
    {
        var id = await fixture.SendAndRouteAsync("DINKES nomor saya o8l2 3456 789o", "+6281250000002");
        await AnswerAsync(id, new { text = "Baik" });
        await Eventually.TrueAsync(async () => await StateAsync(id) == "NeedsReview");
        (await FeedAsync()).ShouldNotContain(item => item.GetProperty("id").GetGuid() == id);
        (await fixture.Client(fixture.DpuOfficial).PostAsync(Path(id, "review"), null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Chair.PostAsync(Path(id, "review"), null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await PublicAsync(id);
        (await Chair.PostAsync(Path(id, "review"), null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await EventsShouldBeAsync(id, "PublicationReviewed", "Published");
    }

    [Fact]
    public async Task SMS_8_the_answerer_can_confirm_what_is_doubtful_himself()
    {
        var id = await fixture.SendAndRouteAsync("DINKES terima kasih Pak Darmo", "+6281250000003");
        await AnswerAsync(id, new { text = "Sama-sama", reviewed = true });
        (await PublicAsync(id)).GetProperty("text").GetString().ShouldBe("DINKES terima kasih Pak Darmo");
    }

    [Fact]
    public async Task SMS_8_hiding_more_changes_what_is_public_at_once_and_never_shows_what_was_hidden()
    {
        var id = await fixture.SendAndRouteAsync("DINKES rumah saya Mawar lima, hub 081234567890", "+6281250000004");
        await AnswerAsync(id, new { text = "Kami datang ke Mawar" });
        await PublicAsync(id);
        (await Official.PostAsJsonAsync(Path(id, "masks"), new { questionMasks = new[] { new { start = 18, length = 1 } }, answerMasks = new[] { new { start = 15, length = 5 } } }))
            .StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var item = await PublicAsync(id);
        item.GetProperty("text").GetString().ShouldBe("DINKES rumah saya █████ lima, hub ████████████");
        item.GetProperty("answers")[0].GetProperty("text").GetString().ShouldBe("Kami datang ke █████");

        var uncover = new { question = new[] { new { start = 0, length = 46 } }, reason = "bukan alamat" };
        (await Official.PostAsJsonAsync(Path(id, "uncover"), uncover)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await Chair.PostAsJsonAsync(Path(id, "uncover"), new { uncover.question })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await Chair.PostAsJsonAsync(Path(id, "uncover"), new { question = new[] { new { start = 20, length = 1 } }, uncover.reason })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await PublicAsync(id)).GetProperty("text").GetString().ShouldBe("DINKES rumah saya Mawar lima, hub ████████████");
        (await fixture.Database.ScalarAsync<string>($"select c.text from message_content c where message_id = '{id}'")).ShouldBe("DINKES rumah saya Mawar lima, hub 081234567890");
        await EventsShouldBeAsync(id, "Published", "PublicationMasked", "PublicationUncovered");
    }

    [Fact]
    public async Task SMS_8_what_is_taken_down_is_gone_from_everywhere_with_who_and_why_and_can_come_back()
    {
        var id = await fixture.SendAndRouteAsync("DINKES ditarik kembali", "+6281250000005");
        await AnswerAsync(id, new { text = "Baik" });
        await PublicAsync(id);
        using var everybody = fixture.Client();
        (await everybody.GetAsync("/publik/api/messages")).Headers.CacheControl!.MaxAge!.Value.ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(1));
        (await Official.PostAsJsonAsync(Path(id, "take-down"), new { reason = "x" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var attempts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Official.PostAsJsonAsync(Path(id, "take-down"), new { reason = "diminta warga" })));
        attempts.Select(attempt => attempt.StatusCode).Order().ShouldBe([HttpStatusCode.NoContent, HttpStatusCode.Conflict, HttpStatusCode.Conflict, HttpStatusCode.Conflict]);
        (await FeedAsync()).ShouldNotContain(item => item.GetProperty("id").GetGuid() == id);
        (await everybody.GetAsync($"/publik/api/messages/{id}/proof")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await StateAsync(id)).ShouldBe("TakenDown");
        (await fixture.Database.ScalarAsync<string>(
            $"select details->>'reason' from case_event e join case_event_content c on c.event_id = e.id join sms_case s on s.id = e.case_id where s.first_message_id = '{id}' and kind = 'TakenDown'"))
            .ShouldBe("diminta warga");

        (await Chair.PostAsJsonAsync(Path(id, "bring-back"), new { reason = "keliru" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await PublicAsync(id);
        (await Chair.PostAsJsonAsync(Path(id, "bring-back"), new { reason = "keliru" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await EventsShouldBeAsync(id, "Published", "TakenDown", "BroughtBack", "Published");
    }

    [Theory]
    [InlineData("masks", "{\"questionMasks\":[{\"start\":1000,\"length\":1}]}", "questionMasks")]
    [InlineData("masks", "{\"answerMasks\":[{\"start\":0,\"length\":50}]}", "answerMasks")]
    [InlineData("masks", "{\"answerMasks\":[{\"start\":-1,\"length\":1}]}", "answerMasks[0].start")]
    [InlineData("masks", "{\"answerMasks\":[{\"start\":0,\"length\":0}]}", "answerMasks[0].length")]
    [InlineData("take-down", "{}", "reason")]
    [InlineData("take-down", "{\"reason\":\"   \"}", "reason")]
    [InlineData("bring-back", "{\"reason\":null}", "reason")]
    [InlineData("uncover", "{\"reason\":\"salah\",\"question\":[{\"start\":99,\"length\":1}]}", "question")]
    [InlineData("preview", "{\"text\":\"a\",\"answerMasks\":[{\"start\":1,\"length\":1}]}", "answerMasks")]
    public async Task SMS_8_a_wrong_request_names_its_field_and_changes_nothing(string act, string body, string field)
    {
        var id = await fixture.SendAndRouteAsync("DINKES isian salah", "+6281250000006");
        await AnswerAsync(id, new { text = "Jawab" });
        var response = await Chair.PostAsync(Path(id, act), new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field);
        (await PublicAsync(id)).GetProperty("text").GetString().ShouldBe("DINKES isian salah");
    }

    [Fact]
    public async Task SMS_8_masks_that_do_not_fit_refuse_the_answer_too()
    {
        var id = await fixture.SendAndRouteAsync("DINKES 👨 jawab", "+6281250000007");
        foreach (var (masks, field) in new[] { (new { start = 8, length = 1 }, "questionMasks"), (new { start = 90, length = 1 }, "answerMasks") })
        {
            var body = new Dictionary<string, object> { ["text"] = "Jawab", [field] = new[] { masks } };
            var response = await Official.PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", body);
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field);
        }

        (await StateAsync(id)).ShouldBe("NotAnswered");
        (await Official.PostAsJsonAsync(Path(id, "take-down"), new { reason = "belum ada" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("masks")]
    [InlineData("review")]
    [InlineData("take-down")]
    [InlineData("bring-back")]
    [InlineData("preview")]
    public async Task SMS_8_another_units_official_finds_nothing_to_change(string act)
    {
        var id = await fixture.SendAndRouteAsync("DINKES bukan urusan DPU", "+6281250000008");
        (await fixture.Client(fixture.DpuOfficial).PostAsJsonAsync(Path(id, act), new { reason = "bukan milik saya" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static string Path(Guid id, string act) => $"/api/inbound-sms/messages/{id}/publication/{act}";

    private async Task AnswerAsync(Guid message, object answer)
    {
        var given = (await ReadAsync(await Official.PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", answer))).GetProperty("id").GetGuid();
        await fixture.Bus.PublishAsync(new DeliveryStatusChanged { SmsId = given, Status = DeliveryStatus.Delivered, Version = 1, At = fixture.Clock.GetUtcNow() });
    }

    private async Task<JsonElement> PublicAsync(Guid id) =>
        (await Eventually.GetAsync(FeedAsync, feed => feed.Exists(i => i.GetProperty("id").GetGuid() == id))).Single(i => i.GetProperty("id").GetGuid() == id);

    private async Task<List<JsonElement>> FeedAsync() =>
        [.. (await fixture.Client().GetFromJsonAsync<JsonElement>("/publik/api/messages")).GetProperty("items").EnumerateArray()];

    private async Task<string?> StateAsync(Guid id) =>
        (await Official.GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{id}/publication")).GetProperty("state").GetString();

    /// <summary>In the order of the chain: acts at one instant have no other.</summary>
    private Task<string> EventsShouldBeAsync(Guid id, params string[] kinds) => Eventually.GetAsync(() => fixture.Database.ScalarAsync<string>($"""
        select coalesce(string_agg(e.kind, ',' order by s.seq), '') from case_event e join sms_case c on c.id = e.case_id join seal s on s.entry_id = e.id
        where c.first_message_id = '{id}' and e.kind in ('Published', 'PublicationReviewed', 'PublicationMasked', 'PublicationUncovered', 'TakenDown', 'BroughtBack')
        """), found => found == string.Join(',', kinds));

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static string? Shown(JsonElement preview, string text) => preview.GetProperty(text).GetProperty("shown").GetString();

    private static (int Start, int Length) Doubtful(JsonElement preview, string text)
    {
        var span = preview.GetProperty(text).GetProperty("doubtful").EnumerateArray().Single();
        return (span.GetProperty("start").GetInt32(), span.GetProperty("length").GetInt32());
    }
}
