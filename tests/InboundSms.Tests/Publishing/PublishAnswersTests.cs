using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Notification;
using InboundSms.Publishing;
using InboundSms.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceDefaults.AppendOnly;

namespace InboundSms.Tests.Publishing;

public sealed class PublishAnswersTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Theory]
    [InlineData("DINKES hub saya 081234567890 atau 0857-1111-2222", "DINKES hub saya ████████████ atau ██████████████")]
    [InlineData("CAPIL NIK 3304012345678901 KK 3304 0123 4567 8901", "CAPIL NIK ████████████████ KK ███████████████████")]
    [InlineData("DPU jalan rusak km 12 sejak 2025, 3 lubang", "DPU jalan rusak km 12 sejak 2025, 3 lubang")]
    [InlineData("email saya budi.s@example.com, plat R 1234 AB", "email saya ██████████████████, plat █████████")]
    [InlineData("telp +62 (0)812-3456-7890 ya", "telp ████████████████████ ya")]
    [InlineData("anggaran Rp 1.500.000.000 tahun 2026, tanggal 05-01-2026", "anggaran Rp 1.500.000.000 tahun 2026, tanggal 05-01-2026")]
    [InlineData("RT 03 RW 05 nomor 110", "RT 03 RW 05 nomor 110")]
    [InlineData("a\u202Eb", "a█b")]
    [InlineData("a\u200Bb 👨\u200D👩", "a█b 👨\u200D👩")]
    [InlineData("telp 0812 - 3456 - 7890", "telp ██████████████████")]
    [InlineData("telp 0812   3456   7890", "telp ██████████████████")]
    [InlineData("telp 0812,3456,7890", "telp ██████████████")]
    [InlineData("telp 0812–3456–7890", "telp ██████████████")]
    [InlineData("telp 0812___3456___7890", "telp ██████████████████")]
    [InlineData("telp 08\u00AD12\u00AD3456\u00AD7890", "telp ███████████████")]
    [InlineData("telp 0\uFE0F\u20E38\uFE0F\u20E31\uFE0F\u20E32\uFE0F\u20E33\uFE0F\u20E34\uFE0F\u20E35\uFE0F\u20E3", "telp █████████████████████")]
    [InlineData("telp 𝟎𝟖𝟏𝟐𝟑𝟒𝟓𝟔 ya", "telp ████████████████ ya")]
    [InlineData("telp ⓪⑧①②③④⑤⑥⑦ ya", "telp █████████ ya")]
    [InlineData("telp ₀₈₁₂₃₄₅₆₇ ya", "telp █████████ ya")]
    [InlineData("telp 0812*3456;7890=1", "telp ████████████████")]
    [InlineData("telp 0812x3456x7890", "telp ██████████████")]
    [InlineData("surat budi@gma\u200Bil.com", "surat ███████████████")]
    [InlineData("buka jam 08.00-15.00, 07:30 - 14:30", "buka jam 08.00-15.00, 07:30 - 14:30")]
    [InlineData("o8l2 3456 789o", "o8l2 3456 789o")]
    [InlineData("Pak Darmo lurah yang baru", "Pak Darmo lurah yang baru")]
    [InlineData("<script>alert(1)</script>", "<script>alert(1)</script>")]
    [InlineData("motor b1234xyz dan AD 12 F", "motor ████████ dan ███████")]
    [InlineData("di 12 titik, km 12 rusak, RT 03 RW 05, Jalan B 12 No 3", "di 12 titik, km 12 rusak, RT 03 RW 05, Jalan B 12 No 3")]
    [InlineData("lihat soal biaya sosial lilil bolos", "lihat soal biaya sosial lilil bolos")]
    public void SMS_8_personal_data_is_masked_and_nothing_else(string text, string shown) => Masking.Apply(text, Masking.Find(text)).ShouldBe(shown);

    [Theory]
    [InlineData("o8l2 3456 789o", "o8l2 3456 789o")]
    [InlineData("Pak Darmo lurah yang baru", "Darmo")]
    [InlineData("tolong bu Siti di kantor", "Siti")]
    [InlineData("terima kasih pak budi sudah datang", "budi")]
    [InlineData("bu ani marah terus", "ani")]
    [InlineData("bapak slamet riyadi tidak masuk", "slamet")]
    [InlineData("pak tolong jalan rusak, bu kapan obat ada, ibu hamil antri, bapak ibu sekalian, pak di pasar", null)]
    [InlineData("mohon pak lampu mati. terima kasih pak", null)]
    [InlineData("nama saya budi, jalan rusak", "budi")]
    [InlineData("a.n. Slamet belum jadi", "Slamet")]
    [InlineData("PAK DARMO MARAH", "DARMO")]
    [InlineData("pak camat dan Pak Camat, Pak RT, bu lurah tolong", null)]
    [InlineData("DPU jalan rusak km 12 sejak 2025, 3 lubang", null)]
    [InlineData("lihat soal biaya sosial lilil bolos", null)]
    [InlineData("hub 081234567890", null)]
    public void SMS_8_what_only_a_person_can_judge_waits_for_one(string text, string? doubtful)
    {
        var spans = Masking.Doubtful(text, Masking.Find(text));
        Spans.Each(spans).Select(span => text[span.Start..span.End]).ShouldBe(doubtful is null ? [] : [doubtful]);
        Masking.Doubtful(text, Masking.With(text, spans)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, 3, "█████ Darmo")]
    [InlineData(6, 1, "Bapak █████")]
    [InlineData(5, 1, "Bapak█Darmo")]
    [InlineData(0, 11, "███████████")]
    public void SMS_8_a_mask_by_hand_hides_whole_words(int start, int length, string shown) =>
        Masking.Apply("Bapak Darmo", Masking.With("Bapak Darmo", Spans.In("Bapak Darmo", [new(start, length)])!)).ShouldBe(shown);

    [Theory]
    [InlineData("a👨b", 2, 1)]
    [InlineData("a👨b", 1, 1)]
    [InlineData("abc", 3, 1)]
    [InlineData("abc", 100_000, 100_000)]
    [InlineData("", 0, 1)]
    public void SMS_8_a_span_outside_of_the_text_or_in_the_middle_of_a_character_is_none(string text, int start, int length) =>
        Spans.In(text, [new(start, length)]).ShouldBeNull();

    [Fact]
    public async Task SMS_8_a_delivered_answer_is_public_without_any_number_of_the_citizen()
    {
        var id = await fixture.SendAndRouteAsync("DINKES hub saya 081234567890 soal vaksin", "+6281240000001");
        var answer = await AnswerAsync(id, "Hubungi 0286-591234 pada jam kerja");
        (await FeedAsync()).ShouldNotContain(item => item.GetProperty("id").GetGuid() == id);
        await TellAsync(answer, DeliveryStatus.Pending, 1);
        await TellAsync(answer, DeliveryStatus.Delivered, 2);
        var item = (await Eventually.GetAsync(FeedAsync, feed => feed.Any(i => i.GetProperty("id").GetGuid() == id))).Single(i => i.GetProperty("id").GetGuid() == id);
        item.GetProperty("text").GetString().ShouldBe("DINKES hub saya ████████████ soal vaksin");
        item.GetProperty("unit").GetString().ShouldBe("Unit DINKES");
        item.GetProperty("answers")[0].GetProperty("text").GetString().ShouldBe("Hubungi ███████████ pada jam kerja");
        item.GetRawText().ShouldNotContain("8124");
    }

    [Theory]
    [InlineData(DeliveryStatus.Failed, false, "AnswerFailed")]
    [InlineData(DeliveryStatus.Pending, false, "")]
    [InlineData(DeliveryStatus.Pending, true, "AnswerAtOperator")]
    public async Task SMS_8_an_answer_that_did_not_arrive_is_not_public(DeliveryStatus status, bool isAtOperator, string noted)
    {
        var id = await fixture.SendAndRouteAsync("DINKES belum sampai", "+6281240000002");
        var answer = await AnswerAsync(id, "Jawaban");
        await fixture.Bus.PublishAsync(new DeliveryStatusChanged { SmsId = answer, Status = status, AcceptedByOperator = isAtOperator, Version = 1, At = fixture.Clock.GetUtcNow() });
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select version = 1 from answer_delivery where answer_id = '{answer}'"));
        (await fixture.Database.ScalarAsync<string>($"""
            select coalesce(string_agg(e.kind, ' '), '') from case_event e join sms_case c on c.id = e.case_id
            where c.first_message_id = '{id}' and e.kind in ('AnswerFailed', 'AnswerAtOperator', 'AnswerDelivered')
            """)).ShouldBe(noted);
        (await FeedAsync()).ShouldNotContain(item => item.GetProperty("id").GetGuid() == id);
    }

    [Fact]
    public async Task SMS_8_what_the_citizen_marked_RAHASIA_is_never_public()
    {
        var id = await fixture.SendAndRouteAsync("RAHASIA DINKES ada pungutan", "+6281240000003");
        var answer = await AnswerAsync(id, "Kami tindak lanjuti");
        await TellAsync(answer, DeliveryStatus.Delivered, 1);
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select status = 'Delivered' from answer_delivery where answer_id = '{answer}'"));
        (await FeedAsync()).ShouldNotContain(item => item.GetProperty("id").GetGuid() == id);
    }

    [Fact]
    public async Task SMS_8_what_failed_after_it_was_public_is_public_no_longer_until_a_handset_has_it()
    {
        var id = await fixture.SendAndRouteAsync("DINKES gagal belakangan", "+6281240000005");
        var answer = await AnswerAsync(id, "Jawaban");
        await TellAsync(answer, DeliveryStatus.Delivered, 1);
        await Eventually.GetAsync(FeedAsync, feed => Holds(feed, id));
        await TellAsync(answer, DeliveryStatus.Failed, 2);
        await Eventually.GetAsync(FeedAsync, feed => !Holds(feed, id));
        await TellAsync(answer, DeliveryStatus.Delivered, 3);
        await Eventually.GetAsync(FeedAsync, feed => Holds(feed, id));
    }

    [Fact]
    public async Task SMS_8_a_further_message_is_not_published_by_itself()
    {
        var id = await fixture.SendAndRouteAsync("DINKES pertama", "+6281240000006");
        await TellAsync(await AnswerAsync(id, "Jawaban"), DeliveryStatus.Delivered, 1);
        await Eventually.GetAsync(FeedAsync, feed => Holds(feed, id));
        var second = await fixture.SendAndRouteAsync("dan satu lagi", "+6281240000006");
        (await FeedAsync()).ShouldAllBe(item => item.GetProperty("id").GetGuid() != second && !item.GetRawText().Contains("satu lagi", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SMS_9_the_words_cannot_be_changed_by_the_service_nor_unnoticed_by_anybody()
    {
        var id = await fixture.SendAndRouteAsync("DINKES kata asli", "+6281240000004");
        var verifier = fixture.Services.GetRequiredService<SealVerifier>();
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from seal where entry_id = '{id}')"));
        (await verifier.VerifyAsync(CancellationToken.None)).FirstFault.ShouldBeNull();

        await using (var runtime = NpgsqlDataSource.Create(fixture.Database.Runtime))
        {
            foreach (var sql in new[]
            {
                "update message_content set text = 'lain'", "delete from message_content", "truncate message_content cascade", "update message set received_at = now()",
                "delete from seal", "update seal set hash = decode(repeat('00', 32), 'hex')", "alter table message_content disable trigger all",
            })
            {
                await using var command = runtime.CreateCommand(sql);
                (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, sql);
            }
        }

        (await Should.ThrowAsync<PostgresException>(() => fixture.Database.ExecuteAsync("update message_content set text = 'lain'")))
            .SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);

        // Whoever owns the server can switch the trigger off. It shows.
        await AsServerOwnerAsync($"update message_content set text = 'DINKES kata palsu' where message_id = '{id}'");
        (await verifier.VerifyAsync(CancellationToken.None)).FirstFault.ShouldNotBeNull().ShouldEndWith($": message {id} has been altered");
        await AsServerOwnerAsync($"update message_content set text = 'DINKES kata asli' where message_id = '{id}'");
        (await verifier.VerifyAsync(CancellationToken.None)).FirstFault.ShouldBeNull();

        // Erased by law: a tombstone stays and the chain still verifies.
        await AsServerOwnerAsync($"delete from message_content where message_id = '{id}'");
        (await verifier.VerifyAsync(CancellationToken.None)).FirstFault.ShouldBeNull();
    }

    private static bool Holds(List<JsonElement> feed, Guid id) => feed.Exists(item => item.GetProperty("id").GetGuid() == id);

    private Task AsServerOwnerAsync(string sql) => fixture.Database.ExecuteAsync($"set session_replication_role = replica; {sql}");

    private async Task<Guid> AnswerAsync(Guid message, string text)
    {
        var response = await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }

    private Task TellAsync(Guid answer, DeliveryStatus status, long version) =>
        fixture.Bus.PublishAsync(new DeliveryStatusChanged { SmsId = answer, Status = status, Version = version, At = fixture.Clock.GetUtcNow() });

    private async Task<List<JsonElement>> FeedAsync() =>
        [.. (await fixture.Client().GetFromJsonAsync<JsonElement>("/publik/api/messages")).GetProperty("items").EnumerateArray()];
}
