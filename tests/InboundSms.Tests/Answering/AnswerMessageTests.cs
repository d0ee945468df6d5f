using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Notification;
using InboundSms.Tests.Testing;

namespace InboundSms.Tests.Answering;

public sealed class AnswerMessageTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_6_an_answer_leaves_from_the_number_the_citizen_wrote_to_and_its_status_can_be_looked_up()
    {
        var id = await fixture.SendAndRouteAsync("DINKES jadwal posyandu", "+6281230000001");
        var (answerId, status) = await AnswerAsync(id, "Setiap Selasa pukul 08.00");
        status.ShouldBe("Pending");
        var command = await fixture.Bus.GetAsync<SendSms>(sms => sms.SmsId == answerId);
        command.ShouldSatisfyAllConditions(
            c => c.To.ShouldBe("+6281230000001"), c => c.From.ShouldBe(InboundSmsFixture.CityNumber), c => c.Channel.ShouldBe("kannel"),
            c => c.Text.ShouldBe("Setiap Selasa pukul 08.00"), c => c.Purpose.ShouldBe(SmsPurpose.Answer), c => c.Payer.ShouldBe("DINKES"));
        (await Servers.QueuesAsync(fixture.VirtualHost)).ShouldContain(queue => queue.GetProperty("name").GetString() == command.ReportTo);

        foreach (var (next, version) in new[] { (DeliveryStatus.Pending, 1L), (DeliveryStatus.Delivered, 2L) })
        {
            await TellAsync(answerId, next, version);
            await Eventually.TrueAsync(async () => (await DeliveryAsync(id)) == next.ToString());
        }
    }

    [Fact]
    public async Task SMS_6_an_older_status_arriving_later_changes_nothing()
    {
        var id = await fixture.SendAndRouteAsync("DINKES urutan status", "+6281230000002");
        var (answerId, _) = await AnswerAsync(id, "Baik");
        await TellAsync(answerId, DeliveryStatus.Delivered, 5);
        await Eventually.TrueAsync(async () => await DeliveryAsync(id) == "Delivered");
        await TellAsync(answerId, DeliveryStatus.Failed, 4);
        await TellAsync(answerId, DeliveryStatus.Delivered, 6, contradictory: true);
        await Eventually.TrueAsync(async () => (await GetAsync(id)).GetProperty("answers")[0].GetProperty("contradictory").GetBoolean());
        (await GetAsync(id)).GetProperty("status").GetString().ShouldBe("Answered");
    }

    [Fact]
    public async Task SMS_6_of_ten_answers_at_the_same_moment_one_is_sent_and_nine_are_told()
    {
        var id = await fixture.SendAndRouteAsync("DINKES rebutan", "+6281230000003");
        await fixture.StartInstanceAsync();
        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => PostAsync(id, $"Jawaban {n}", instance: n % 2)));
        responses.Count(response => response.StatusCode == HttpStatusCode.Accepted).ShouldBe(1);
        responses.Count(response => response.StatusCode == HttpStatusCode.Conflict).ShouldBe(9);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from answer a join sms_case c on c.id = a.case_id where c.first_message_id = '{id}'")).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_6_an_answer_that_loses_its_database_half_way_is_503_and_nothing_and_can_be_repeated()
    {
        var id = await fixture.SendAndRouteAsync("DINKES putus", "+6281230000105");
        fixture.Connections.BreakBehind("INSERT INTO answer");
        (await PostAsync(id, "Sekali lagi", key: "kunci-putus")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await PostAsync(id, "Sekali lagi", key: "kunci-putus")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from answer a join sms_case c on c.id = a.case_id where c.first_message_id = '{id}'")).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_6_the_same_idempotency_key_gives_the_same_answer_once()
    {
        var id = await fixture.SendAndRouteAsync("DINKES kunci", "+6281230000004");
        var responses = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => PostAsync(id, "Satu kali", key: "kunci-1")));
        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.Accepted);
        var ids = await Task.WhenAll(responses.Select(async response => (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid()));
        ids.Distinct().Count().ShouldBe(1);
        (await PostAsync(id, "Isi lain", key: "kunci-1")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await PostAsync(id, "Isi lain", key: "kunci tidak sah!")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task SMS_6_a_final_failure_brings_the_case_back_and_another_answer_can_be_given()
    {
        var id = await fixture.SendAndRouteAsync("DINKES gagal dulu", "+6281230000005");
        var (first, _) = await AnswerAsync(id, "Percobaan pertama");
        await TellAsync(first, DeliveryStatus.Failed, 1);
        await Eventually.TrueAsync(async () => (await GetAsync(id)).GetProperty("status").GetString() == "AnswerFailed");
        await AnswerAsync(id, "Percobaan kedua");
        (await GetAsync(id)).GetProperty("answers").GetArrayLength().ShouldBe(2);
    }

    [Theory]
    [InlineData("TELKOMSEL")]
    [InlineData("4444")]
    public async Task SMS_6_a_sender_that_no_SMS_can_reach_cannot_be_answered(string sender)
    {
        var id = await fixture.SendAndRouteAsync("DINKES info kuota", sender);
        var response = await PostAsync(id, "Terima kasih");
        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString().ShouldBe("urn:platform:problem:sender-cannot-be-answered");
    }

    [Theory]
    [InlineData("{}", "text")]
    [InlineData("{\"text\":\"\"}", "text")]
    [InlineData("{\"text\":\"   \"}", "text")]
    [InlineData("{\"text\":null}", "text")]
    [InlineData("{\"text\":\"\\u200b\\u2060\"}", "text")]
    [InlineData("{\"text\":5}", "text")]
    [InlineData("[]", "body")]
    [InlineData("kosong", "body")]
    [InlineData("null", "body")]
    [InlineData("", "body")]
    public async Task SMS_6_a_wrong_answer_is_a_problem_that_names_the_field_and_changes_nothing(string body, string? field)
    {
        var id = await fixture.SendAndRouteAsync("DINKES isian salah", "+6281230000006");
        var response = await fixture.Client(fixture.DinkesOfficial).PostAsync(
            $"/api/inbound-sms/messages/{id}/answers", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        if (field is not null)
            problem.GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field, StringCompareShould.IgnoreCase);
        (await GetAsync(id)).GetProperty("answers").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task SMS_6_nobody_answers_while_a_revocation_could_have_been_missed()
    {
        var id = await fixture.SendAndRouteAsync("DINKES status masuk basi", "+6281230000009");
        fixture.Clock.Advance(TimeSpan.FromSeconds(61));
        try
        {
            (await PostAsync(id, "Jawaban")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await GetAsync(id)).GetProperty("answers").GetArrayLength().ShouldBe(0);
        }
        finally
        {
            fixture.Clock.Advance(TimeSpan.FromSeconds(-61));
        }
    }

    [Fact]
    public async Task SMS_6_another_media_type_is_415()
    {
        var response = await fixture.Client(fixture.DinkesOfficial).PostAsync(
            $"/api/inbound-sms/messages/{Guid.CreateVersion7()}/answers", new StringContent("<a/>", System.Text.Encoding.UTF8, "application/xml"));
        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task SMS_6_an_answer_over_six_parts_is_refused() =>
        (await PostAsync(await fixture.SendAndRouteAsync("DINKES panjang", "+6281230000007"), new string('a', 919))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task SMS_6_another_units_official_cannot_answer()
    {
        var id = await fixture.SendAndRouteAsync("DINKES bukan untuk DPU", "+6281230000008");
        (await PostAsync(id, "Saya jawab", official: fixture.DpuOfficial)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<(Guid Id, string Status)> AnswerAsync(Guid message, string text)
    {
        var response = await PostAsync(message, text);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (answer.GetProperty("id").GetGuid(), answer.GetProperty("deliveryStatus").GetString()!);
    }

    private async Task<HttpResponseMessage> PostAsync(Guid message, string text, Guid? official = null, string? key = null, int instance = 0)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/inbound-sms/messages/{message}/answers") { Content = JsonContent.Create(new { text }) };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await fixture.Client(official ?? fixture.DinkesOfficial, instance).SendAsync(request);
    }

    private Task<JsonElement> GetAsync(Guid message) =>
        fixture.Client(fixture.DinkesOfficial).GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{message}");

    private async Task<string?> DeliveryAsync(Guid message) => (await GetAsync(message)).GetProperty("answers")[0].GetProperty("deliveryStatus").GetString();

    private Task TellAsync(Guid answer, DeliveryStatus status, long version, bool contradictory = false) => fixture.Bus.PublishAsync(new DeliveryStatusChanged
    {
        SmsId = answer,
        Status = status,
        Version = version,
        At = fixture.Clock.GetUtcNow(),
        Contradictory = contradictory,
    });
}
