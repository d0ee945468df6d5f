using System.Net;
using System.Net.Http.Json;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Contracts.Notification;
using InboundSms.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.AppendOnly;

namespace InboundSms.Tests.Submissions;

public sealed class WebFormTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_12_a_message_of_the_web_form_is_answered_on_its_receipt_page_and_published_and_no_SMS_leaves()
    {
        var (number, code) = await SubmittedAsync(new { text = "Lampu jalan mati 🙏 di RT 03", keyword = "dpu", @class = "Complaint", name = "Siti", mobileNumber = "0812-9000-0001" });
        var id = await RoutedAsync(number);
        var shown = await fixture.Client(fixture.DpuOfficial).GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{id}");
        shown.ShouldSatisfyAllConditions(
            m => m.GetProperty("text").GetString().ShouldBe("Lampu jalan mati 🙏 di RT 03"), m => m.GetProperty("caseNumber").GetInt64().ShouldBe(number),
            m => m.GetProperty("contact").GetRawText().ShouldBe("""{"nameMasked":"S•••","numberMasked":"+62812••••001"}"""),
            m => m.GetProperty("channel").GetString().ShouldBe("Web"), m => m.GetProperty("canBeAnswered").GetBoolean().ShouldBeTrue());
        (await Database<string>($"select concat_ws(' ', channel, keyword, class, class_by) from sms_case where number = {number}")).ShouldBe("Web DPU Complaint Citizen");
        var before = await ReadAsync(number, code);
        before.GetProperty("status").GetString().ShouldBe("InProgress");
        before.GetProperty("unit").GetString().ShouldBe("Unit DPU");
        (before.GetProperty("dueAt").GetDateTimeOffset() - before.GetProperty("receivedAt").GetDateTimeOffset()).ShouldBe(TimeSpan.FromHours(3));

        var answered = await fixture.Client(fixture.DpuOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Diperbaiki besok" });
        answered.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await answered.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("deliveryStatus").GetString().ShouldBe("Delivered");
        var after = await ReadAsync(number, code);
        after.GetProperty("status").GetString().ShouldBe("Answered");
        after.GetProperty("answers")[0].GetProperty("text").GetString().ShouldBe("Diperbaiki besok");
        var answer = (await fixture.Client(fixture.DpuOfficial).GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages/{id}")).GetProperty("answers")[0];
        answer.GetProperty("way").GetString().ShouldBe("Receipt");
        await Eventually.TrueAsync(async () => (await fixture.Client().GetFromJsonAsync<JsonElement>("/publik/api/messages")).GetProperty("items").EnumerateArray()
            .Any(item => item.GetProperty("caseNumber").GetInt64() == number && item.GetProperty("channel").GetString() == "Web"));

        await fixture.SendAndRouteAsync("TAKADA penanda", "+6281290000099");
        await fixture.Bus.GetAsync<SendSms>(sms => sms.To == "+6281290000099");
        fixture.Bus.Received<SendSms>().ShouldNotContain(sms => sms.SmsId == answer.GetProperty("id").GetGuid());
        fixture.Bus.Received<SendSms>().ShouldNotContain(sms => sms.To == "+6281290000001");
    }

    [Fact]
    public async Task SMS_9_the_words_and_the_choice_of_the_form_are_sealed_as_they_came()
    {
        const string text = "RTL \u202E dan \u0000 dan 👨‍👩‍👧 tetap";
        var (number, _) = await SubmittedAsync(new { text, keyword = "DINKES" });
        var id = await RoutedAsync(number);
        (await Database<string>($"select text from message_content where message_id = '{id}'")).ShouldBe(text.Replace('\0', '\uFFFD'));
        var raw = JsonDocument.Parse(await Database<byte[]>($"select raw from message_content where message_id = '{id}'")).RootElement;
        raw.GetProperty("text").GetString().ShouldBe(text);
        raw.GetProperty("keyword").GetString().ShouldBe("DINKES");
        await Eventually.TrueAsync(() => Database<bool>($"select exists (select from seal where entry_id = '{id}')"));
        (await fixture.Services.GetRequiredService<SealVerifier>().VerifyAsync(CancellationToken.None)).FirstFault.ShouldBeNull();
    }

    [Fact]
    public async Task SMS_12_a_receipt_code_opens_its_case_alone_and_lies_nowhere_in_the_open()
    {
        var (number, code) = await SubmittedAsync(new { text = "Soal pajak", keyword = "DINKES", name = "Budi" });
        var (other, _) = await SubmittedAsync(new { text = "Soal lain", keyword = "DINKES" });
        (await AskAsync(number, code.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant())).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await AskAsync(other, code)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await AskAsync(number, "0000-0000-0000-0000-0000")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await AskAsync(999_999_999, code)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var without = await AskAsync(number, null);
        without.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ErrorsAsync(without)).ShouldBe("Receipt-Code");
        (await AskAsync(number, code)).Headers.CacheControl!.NoStore.ShouldBeTrue();
        var page = await ReadAsync(number, code);
        page.GetRawText().ShouldNotContain("Budi");
        page.GetRawText().ShouldNotContain("Soal pajak");
        (await Database<bool>($"select encode(receipt_code_hash, 'hex') = '{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code.Replace("-", "", StringComparison.Ordinal))))}' from submission where case_number = {number}"))
            .ShouldBeTrue();
        (await Database<long>($"select count(*) from message_content where position('{code}' in convert_from(raw, 'UTF8')) > 0 or position('{code}' in text) > 0")).ShouldBe(0);
    }

    [Fact]
    public async Task SMS_1_of_two_instances_that_get_one_challenge_with_two_texts_one_takes_it()
    {
        await fixture.StartInstanceAsync();
        for (var round = 0; round < 5; round++)
        {
            var proof = await ProofAsync();
            var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(n => PostAsync(new { text = $"Ronde {round} pesan {n}", keyword = "DINKES", proof }, instance: n % 2)));
            answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
            foreach (var loser in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
                await ShouldBeAsync(loser, HttpStatusCode.Conflict, "challenge-used");
            (await Database<long>($"select count(*) from message_content where text like 'Ronde {round} pesan%'")).ShouldBe(1);
        }
    }

    [Fact]
    public async Task SMS_1_the_same_form_sent_again_is_one_message_with_one_receipt_even_after_its_challenge_is_over()
    {
        var form = new { text = "Terkirim berkali-kali", keyword = "DINKES", proof = await ProofAsync() };
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PostAsync(form)));
        var first = (await Task.WhenAll(answers.Select(Receipt))).Distinct().ShouldHaveSingleItem();
        fixture.Clock.Advance(TimeSpan.FromMinutes(11));
        try
        {
            (await Receipt(await PostAsync(form))).ShouldBe(first);
        }
        finally
        {
            fixture.Clock.Advance(TimeSpan.FromMinutes(-11));
        }

        (await Database<long>("select count(*) from message_content where text = 'Terkirim berkali-kali'")).ShouldBe(1);
        await RoutedAsync(first.Number);
        (await AskAsync(first.Number, first.Code)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task SMS_1_a_form_that_loses_its_database_half_way_is_503_and_nothing_and_can_be_sent_again()
    {
        var form = new { text = "Putus di tengah", keyword = "DINKES", proof = await ProofAsync() };
        fixture.Connections.BreakBehind("INSERT INTO submission");
        (await PostAsync(form)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await Database<long>("select count(*) from message_content where text = 'Putus di tengah'")).ShouldBe(0);
        await RoutedAsync((await Receipt(await PostAsync(form))).Number);
    }

    [Fact]
    public async Task SMS_12_a_challenge_ends()
    {
        var proof = await ProofAsync();
        fixture.Clock.Advance(TimeSpan.FromMinutes(11));
        try
        {
            var late = await (await PostAsync(new { text = "Terlambat", keyword = "DINKES", proof })).Content.ReadFromJsonAsync<JsonElement>();
            late.GetProperty("errors").EnumerateObject().Single().Name.ShouldBe("proof.challenge");
            late.GetProperty("code").GetString().ShouldBe("challenge-over");
        }
        finally
        {
            fixture.Clock.Advance(TimeSpan.FromMinutes(-11));
        }
    }

    [Fact]
    public async Task SMS_12_an_easier_challenge_a_foreign_one_and_no_work_are_refused()
    {
        var (challenge, difficulty) = await ChallengeAsync();
        var easier = string.Join('.', challenge.Split('.') is [var id, var expiry, _, var signature] ? [id, expiry, "0", signature] : Array.Empty<string>());
        foreach (var foreign in new[] { easier, "a.b.c.d", "....", "x", challenge[..^1] + (challenge[^1] == 'A' ? 'B' : 'A') })
            (await ErrorsAsync(await PostAsync(new { text = "Robot", keyword = "DINKES", proof = new { challenge = foreign, nonce = "1" } }))).ShouldBe("proof.challenge", foreign);
        var lazy = Enumerable.Range(0, int.MaxValue).Select(n => $"{n}").First(nonce => ZeroBits(challenge, nonce) < difficulty);
        (await ErrorsAsync(await PostAsync(new { text = "Robot", keyword = "DINKES", proof = new { challenge, nonce = lazy } }))).ShouldBe("proof.nonce");
        (await Database<long>("select count(*) from message_content where text = 'Robot'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"keyword":"DINKES"}""", "text")]
    [InlineData("""{"text":"","keyword":"DINKES"}""", "text")]
    [InlineData("""{"text":" \u200b ","keyword":"DINKES"}""", "text")]
    [InlineData("""{"text":"x","keyword":"TAKADA"}""", "keyword")]
    [InlineData("""{"text":"x","keyword":"D-K"}""", "keyword")]
    [InlineData("""{"text":"x","positionId":"0193e3a0-0000-7000-8000-000000000000"}""", "positionId")]
    [InlineData("""{"text":"x","keyword":"DPU","positionId":"0193e3a0-0000-7000-8000-000000000000"}""", "positionId")]
    [InlineData("""{"text":"x","positionId":"bukan"}""", "positionId")]
    [InlineData("""{"text":"x","class":"Gosip"}""", "class")]
    [InlineData("""{"text":"x","class":1}""", "class")]
    [InlineData("""{"text":"x","mobileNumber":"bukan nomor"}""", "mobileNumber")]
    [InlineData("""{"text":"x","mobileNumber":"+622171234567"}""", "mobileNumber")]
    [InlineData("""{"text":"x","website":"http://promo.example"}""", "website")]
    [InlineData("""{"text":"x","isSecret":"ya"}""", "isSecret")]
    [InlineData("""{"text":"x","proof":null}""", "proof")]
    [InlineData("""{"text":"x","proof":{"challenge":"","nonce":"1"}}""", "proof.challenge")]
    [InlineData("""{"text":"x","proof":{"challenge":"a.b.c.d","nonce":"-"}}""", "proof.nonce")]
    public async Task SMS_12_a_wrong_form_is_a_problem_that_names_the_field_and_uses_up_nothing(string form, string field)
    {
        var fields = JsonSerializer.Deserialize<Dictionary<string, object?>>(form)!;
        var proof = await ProofAsync();
        fields.TryAdd("proof", proof);
        var refused = await PostAsync(fields);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ErrorsAsync(refused)).ShouldBe(field);
        (await PostAsync(new { text = "Sesudah perbaikan", keyword = "DINKES", proof })).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task SMS_12_a_text_or_name_that_is_too_long_is_refused()
    {
        (await ErrorsAsync(await PostAsync(new { text = new string('a', 1601), proof = await ProofAsync() }))).ShouldBe("text");
        (await ErrorsAsync(await PostAsync(new { text = "x", name = new string('a', 101), proof = await ProofAsync() }))).ShouldBe("name");
    }

    [Fact]
    public async Task SMS_12_who_does_not_know_whom_to_ask_reaches_the_secretariat_and_a_position_can_be_chosen_without_its_keyword()
    {
        var (tray, code) = await SubmittedAsync(new { text = "Saya tidak tahu kepada siapa" });
        await RoutedAsync(tray);
        (await Database<string>($"select status from sms_case where number = {tray}")).ShouldBe("Unassigned");
        (await ReadAsync(tray, code)).GetProperty("status").GetString().ShouldBe("Received");
        var (chosen, _) = await SubmittedAsync(new { text = "Untuk jabatan ini", positionId = fixture.Dpu });
        await RoutedAsync(chosen);
        (await Database<Guid>($"select position_id from sms_case where number = {chosen}")).ShouldBe(fixture.Dpu);
    }

    [Fact]
    public async Task SMS_12_a_number_that_nobody_proved_finds_and_joins_nobodys_case()
    {
        var (number, _) = await SubmittedAsync(new { text = "Atas nama orang lain", keyword = "DINKES", mobileNumber = "081290000002" });
        var id = await RoutedAsync(number);
        (await Database<string>($"select sender from message_content where message_id = '{id}'")).ShouldBe("");
        (await Database<string>($"select phone_number from submission_contact where message_id = '{id}'")).ShouldBe("+6281290000002");
        var sms = await fixture.SendAndRouteAsync("tanpa kata kunci", "+6281290000002");
        (await Database<bool>($"select case_id <> (select case_id from case_message where message_id = '{id}') from case_message where message_id = '{sms}'")).ShouldBeTrue();
        var shown = await fixture.Client(fixture.DinkesOfficial).GetStringAsync($"/api/inbound-sms/messages/{id}");
        shown.ShouldNotContain("81290000002");
    }

    [Theory]
    [InlineData("Ada pungutan", true)]
    [InlineData("RAHASIA ada pungutan", false)]
    public async Task SMS_8_secrecy_chosen_or_written_on_the_form_holds(string text, bool isSecret)
    {
        var (number, code) = await SubmittedAsync(new { text, keyword = "DINKES", isSecret });
        var id = await RoutedAsync(number);
        (await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers", new { text = "Kami periksa" })).EnsureSuccessStatusCode();
        (await ReadAsync(number, code)).GetProperty("answers").GetArrayLength().ShouldBe(1);
        (await Database<long>($"select count(*) from publication p join sms_case c on c.id = p.case_id where c.number = {number}")).ShouldBe(0);
    }

    [Theory]
    [InlineData("web")]
    [InlineData("call-centre")]
    public async Task SMS_1_no_provider_delivers_in_the_name_of_the_web_form_or_the_call_centre(string channel) =>
        (await fixture.Client().PostAsync($"/webhooks/sms/{channel}?id=1", new StringContent("DINKES palsu"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);

    [Fact]
    public async Task SMS_9_what_was_chosen_is_not_altered_by_the_service()
    {
        var (number, _) = await SubmittedAsync(new { text = "Tetap begini", keyword = "DINKES", name = "Ani" });
        await RoutedAsync(number);
        await using var runtime = Npgsql.NpgsqlDataSource.Create(fixture.Database.Runtime);
        foreach (var sql in new[] { "update submission set keyword = 'DPU'", "delete from submission", "update submission_contact set name = 'Lain'", "delete from submission_contact" })
        {
            await using var command = runtime.CreateCommand(sql);
            (await Should.ThrowAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(Npgsql.PostgresErrorCodes.InsufficientPrivilege, sql);
        }
    }

    private async Task<(long Number, string Code)> SubmittedAsync(object form)
    {
        var fields = JsonSerializer.SerializeToElement(form).EnumerateObject().ToDictionary(field => field.Name, field => (object?)field.Value, StringComparer.Ordinal);
        fields["proof"] = await ProofAsync();
        return await Receipt(await PostAsync(fields));
    }

    private static async Task<(long Number, string Code)> Receipt(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var receipt = await response.Content.ReadFromJsonAsync<JsonElement>();
        var number = receipt.GetProperty("caseNumber").GetInt64();
        response.Headers.Location!.OriginalString.ShouldBe($"/publik/api/cases/{number}");
        return (number, receipt.GetProperty("receiptCode").GetString()!);
    }

    private Task<HttpResponseMessage> PostAsync(object form, int instance = 0) => fixture.Client(instance: instance).PostAsJsonAsync("/publik/api/messages", form);

    private async Task<(string Challenge, int Difficulty)> ChallengeAsync()
    {
        var given = await fixture.Client().GetFromJsonAsync<JsonElement>("/publik/api/challenges");
        (given.GetProperty("expiresAt").GetDateTimeOffset() - fixture.Clock.GetUtcNow()).ShouldBe(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1));
        return (given.GetProperty("challenge").GetString()!, given.GetProperty("difficulty").GetInt32());
    }

    /// <summary>Works as a browser would, by the description alone.</summary>
    private async Task<object> ProofAsync()
    {
        var (challenge, difficulty) = await ChallengeAsync();
        return new { challenge, nonce = Enumerable.Range(0, int.MaxValue).Select(n => $"{n}").First(nonce => ZeroBits(challenge, nonce) >= difficulty) };
    }

    private static int ZeroBits(string challenge, string nonce) =>
        256 - (int)new BigInteger(SHA256.HashData(Encoding.UTF8.GetBytes($"{challenge}.{nonce}")), isUnsigned: true, isBigEndian: true).GetBitLength();

    private async Task<HttpResponseMessage> AskAsync(long number, string? code)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/publik/api/cases/{number}");
        if (code is not null)
            request.Headers.Add("Receipt-Code", code);
        return await fixture.Client().SendAsync(request);
    }

    private async Task<JsonElement> ReadAsync(long number, string code)
    {
        var response = await AskAsync(number, code);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<Guid> RoutedAsync(long number)
    {
        await Eventually.TrueAsync(() => Database<bool>($"select exists (select from sms_case where number = {number})"));
        return await Database<Guid>($"select first_message_id from sms_case where number = {number}");
    }

    private static async Task<string> ErrorsAsync(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name;
    }

    private static async Task ShouldBeAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        response.StatusCode.ShouldBe(status);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString().ShouldBe($"urn:platform:problem:{code}");
    }

    private Task<T> Database<T>(string sql) => fixture.Database.ScalarAsync<T>(sql);
}
