using System.Net;
using System.Text;
using System.Text.Json;
using InboundSms.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.AppendOnly;

namespace InboundSms.Tests.Receive.Parts;

public sealed class PartsTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private static readonly string[] Pieces = ["a", "é", "€", "😀", " ", "\n", "ꦗ", "0"];
    private const string Teks = "-teks-";
    private static int _senders;

    private static string NewSender() => $"+628177{Interlocked.Increment(ref _senders):000000}";

    private Task<bool> SendAsync(string sender, string reference, int total, int number, string text, string? id = null, int instance = 0) => SendAsync(sender,
        new { teks = Teks, bagian = new { @ref = reference, total, nomor = number }, id = id ?? $"{Guid.CreateVersion7()}", dari = sender, ke = InboundSmsFixture.CityNumber }, instance, text);

    private Task<bool> SendBinaryAsync(string sender, string udh, byte[] octets, string coding) => SendAsync(sender,
        new { biner = new { udh, isi = Convert.ToHexString(octets), kode = coding }, id = $"{Guid.CreateVersion7()}", dari = sender, ke = InboundSmsFixture.CityNumber });

    /// <summary>True when the door knew the part already.</summary>
    private async Task<bool> SendAsync(string sender, object data, int instance = 0, string text = "")
    {
        // A writer of JSON takes no half of a character.
        var body = JsonSerializer.Serialize(new { type = "sms.masuk", data }).Replace(Teks, string.Concat(text.Select(unit => char.IsSurrogate(unit) ? $"\\u{(int)unit:x4}" : JsonEncodedText.Encode($"{unit}").Value)), StringComparison.Ordinal);
        using var request = InboundSmsFixture.Generic(Encoding.UTF8.GetBytes(body), fixture.Clock.GetUtcNow().ToUnixTimeSeconds());
        using var answer = await fixture.Client(instance: instance).SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, sender);
        return (await answer.Content.ReadAsStringAsync()).Contains("duplikat", StringComparison.Ordinal);
    }

    private async Task<List<string>> TextsAsync(string sender) => [.. (await Servers.TextsAsync(fixture.Database.Name,
        "select c.text from message_content c join message m on m.id = c.message_id where c.sender = $1 order by m.received_at, m.id", sender))];

    private Task RoutedAsync(string sender, int messages) => Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>(
        $"select count(*) = {messages} from case_message cm join message_content c on c.message_id = cm.message_id where c.sender = '{sender}'"));

    private Task<long> CasesAsync(string sender) => fixture.Database.ScalarAsync<long>(
        $"select count(distinct cm.case_id) from case_message cm join message_content c on c.message_id = cm.message_id where c.sender = '{sender}'");

    [Fact]
    public async Task SMS_1_parts_in_any_order_repeated_and_at_two_instances_at_once_are_one_message_with_the_very_words()
    {
        await fixture.StartInstanceAsync();
        var random = new Random(20260105);
        var cases = Enumerable.Range(0, 25).Select(n =>
        {
            var text = "DINKES " + string.Concat(Enumerable.Range(0, random.Next(20, 200)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            var cuts = Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(1, text.Length)).Append(0).Append(text.Length).Distinct().Order().ToList();
            var parts = cuts.Zip(cuts.Skip(1), (from, to) => text[from..to]).ToList();
            // Repeats by the provider have its id; one part in each message is repeated by the network, under another.
            var calls = parts.SelectMany((part, index) => Enumerable.Range(0, 1 + random.Next(3))
                .Select(copy => (Number: index + 1, Text: part, Id: $"any-{n}-{index}-{(copy == 2 && index == 0 ? "again" : "")}"))).ToArray();
            random.Shuffle(calls);
            return (Sender: NewSender(), Text: text, parts.Count, Calls: calls, Reference: random.Next(256).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }).Where(one => one.Count > 1).ToList();
        await Task.WhenAll(cases.SelectMany(one => one.Calls.Select((call, index) => SendAsync(one.Sender, one.Reference, one.Count, call.Number, call.Text, call.Id, index % 2))));
        foreach (var one in cases)
            (await TextsAsync(one.Sender)).ShouldBe([one.Text]);
        await RoutedAsync(cases[0].Sender, 1);
    }

    [Fact]
    public async Task SMS_1_the_legal_clock_starts_with_the_first_part()
    {
        var (sender, first) = (NewSender(), fixture.Clock.GetUtcNow());
        await SendAsync(sender, "7", 2, 2, "habis");
        fixture.Clock.Advance(TimeSpan.FromMinutes(20));
        await SendAsync(sender, "7", 2, 1, "DINKES obat ");
        await RoutedAsync(sender, 1);
        (await TextsAsync(sender)).ShouldBe(["DINKES obat habis"]);
        (await fixture.Database.ScalarAsync<bool>($"""
            select c.received_at = '{first:O}' and c.due_at = '{first.AddHours(3):O}' and not m.is_incomplete
            from sms_case c join message m on m.id = c.first_message_id join message_content w on w.message_id = m.id where w.sender = '{sender}'
            """)).ShouldBeTrue();
    }

    [Fact]
    public async Task SPBE_24_a_part_that_speaks_of_an_emergency_waits_half_a_minute_for_the_others_and_they_come_to_its_case()
    {
        var sender = NewSender();
        await SendAsync(sender, "77", 2, 1, "DINKES kebakaran besar di pasar induk ");
        fixture.Clock.Advance(TimeSpan.FromSeconds(31));
        await RoutedAsync(sender, 1);
        (await fixture.Database.ScalarAsync<string>($"select c.priority from sms_case c join message_content w on w.message_id = c.first_message_id where w.sender = '{sender}'")).ShouldBe("Emergency");
        await SendAsync(sender, "77", 2, 2, "dekat terminal");
        await RoutedAsync(sender, 2);
        (await CasesAsync(sender)).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_1_a_part_that_is_missing_for_good_is_shown_as_missing_and_when_it_comes_late_it_comes_to_the_same_case()
    {
        var sender = NewSender();
        await SendAsync(sender, "8", 3, 1, "DPU jalan rusak ");
        await SendAsync(sender, "8", 3, 3, " terima kasih");
        (await TextsAsync(sender)).ShouldBeEmpty();
        fixture.Clock.Advance(TimeSpan.FromMinutes(31));
        await RoutedAsync(sender, 1);
        (await TextsAsync(sender)).ShouldBe(["DPU jalan rusak  terima kasih"]);
        (await fixture.Database.ScalarAsync<bool>($"""
            select bool_or(d.details ->> 'isIncomplete' = 'true') from case_event e join case_event_content d on d.event_id = e.id
            join sms_case c on c.id = e.case_id join message_content w on w.message_id = c.first_message_id where w.sender = '{sender}'
            """)).ShouldBeTrue();

        fixture.Clock.Advance(TimeSpan.FromHours(2));
        await SendAsync(sender, "8", 3, 2, "di depan pasar");
        await RoutedAsync(sender, 2);
        (await CasesAsync(sender)).ShouldBe(1);
        var id = await fixture.Database.ScalarAsync<Guid>($"select c.first_message_id from sms_case c join message_content w on w.message_id = c.first_message_id where w.sender = '{sender}'");
        var shown = JsonDocument.Parse(await fixture.Client(fixture.DpuOfficial).GetStringAsync($"/api/inbound-sms/messages/{id}")).RootElement.GetProperty("conversation").EnumerateArray().ToList();
        shown.Select(item => (item.GetProperty("text").GetString(), item.GetProperty("isIncomplete").GetBoolean()))
            .ShouldBe([("DPU jalan rusak  terima kasih", true), ("di depan pasar", true)]);
        (await SendAsync(sender, "8", 3, 2, "di depan pasar")).ShouldBeFalse();
        (await TextsAsync(sender)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task SMS_1_a_part_with_other_words_under_a_known_id_is_kept_visibly()
    {
        var (sender, id) = (NewSender(), $"{Guid.CreateVersion7()}");
        await SendAsync(sender, "31", 2, 1, "DINKES obat ", id);
        (await SendAsync(sender, "31", 2, 1, "DINKES obat ", id)).ShouldBeTrue();
        (await SendAsync(sender, "31", 2, 1, "DINKES lain ", id)).ShouldBeTrue();
        await SendAsync(sender, "31", 2, 2, "habis");
        (await TextsAsync(sender)).ShouldBe(["DINKES obat habis"]);
        (await Servers.TextsAsync(fixture.Database.Name, "select convert_from(body, 'UTF8') from quarantine where convert_from(body, 'UTF8') like $1", $"id: {id}%"))
            .ShouldHaveSingleItem().ShouldContain("DINKES lain");
    }

    [Fact]
    public async Task SMS_1_a_reference_that_comes_again_is_another_message()
    {
        var sender = NewSender();
        await SendAsync(sender, "9", 2, 1, "DINKES satu ");
        await SendAsync(sender, "9", 2, 2, "akhir");
        await SendAsync(sender, "9", 2, 2, "akhir dua");
        await SendAsync(sender, "9", 2, 1, "DINKES dua ");
        (await TextsAsync(sender)).ShouldBe(["DINKES satu akhir", "DINKES dua akhir dua"], ignoreOrder: true);
    }

    [Fact]
    public async Task SMS_1_a_reference_that_comes_again_before_the_first_was_whole_mixes_no_words_of_one_number()
    {
        var sender = NewSender();
        await SendAsync(sender, "10", 2, 1, "DINKES lama ");
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await SendAsync(sender, "10", 2, 1, "DINKES baru ");
        await SendAsync(sender, "10", 2, 2, "selesai");
        (await TextsAsync(sender)).ShouldBe(["DINKES baru selesai"]);
        fixture.Clock.Advance(TimeSpan.FromMinutes(31));
        await RoutedAsync(sender, 2);
        (await TextsAsync(sender)).ShouldBe(["DINKES lama ", "DINKES baru selesai"]);
    }

    [Fact]
    public async Task SMS_1_a_set_of_yesterday_takes_no_part_of_today()
    {
        var sender = NewSender();
        await SendAsync(sender, "11", 2, 1, "DINKES kemarin ");
        fixture.Clock.Advance(TimeSpan.FromHours(25));
        await RoutedAsync(sender, 1);
        await SendAsync(sender, "11", 2, 2, " hari ini");
        await SendAsync(sender, "11", 2, 1, "DPU");
        (await TextsAsync(sender)).ShouldBe(["DINKES kemarin ", "DPU hari ini"]);
    }

    [Fact]
    public async Task SMS_1_parts_that_the_network_repeats_after_the_message_was_whole_are_no_message()
    {
        var sender = NewSender();
        await SendAsync(sender, "12", 2, 1, "DINKES ulang ");
        await SendAsync(sender, "12", 2, 2, "sekali");
        await SendAsync(sender, "12", 2, 2, "sekali");
        fixture.Clock.Advance(TimeSpan.FromMinutes(31));
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"""
            select count(*) = 3 and bool_and(s.closed_at is not null)
            from part_set s join message_part p on p.set_id = s.id join message_part_content c on c.part_id = p.id where c.sender = '{sender}'
            """));
        (await TextsAsync(sender)).ShouldBe(["DINKES ulang sekali"]);
    }

    [Fact]
    public async Task SMS_1_parts_of_two_citizens_with_one_reference_do_not_meet()
    {
        var (one, other) = (NewSender(), NewSender());
        await SendAsync(one, "13", 2, 1, "DINKES satu ");
        await SendAsync(other, "13", 2, 2, "lain");
        await SendAsync(other, "13", 2, 1, "DPU dua ");
        (await TextsAsync(one)).ShouldBeEmpty();
        (await TextsAsync(other)).ShouldBe(["DPU dua lain"]);
        await SendAsync(one, "13", 2, 2, "sendiri");
        (await TextsAsync(one)).ShouldBe(["DINKES satu sendiri"]);
    }

    [Fact]
    public async Task SMS_1_characters_that_the_end_of_a_part_cuts_are_whole_again()
    {
        var (ucs2, gsm) = (NewSender(), NewSender());
        var bytes = Encoding.BigEndianUnicode.GetBytes("DINKES 😀 banjir");
        await SendBinaryAsync(ucs2, "050003010202", bytes[16..], "ucs2");
        await SendBinaryAsync(ucs2, "050003010201", bytes[..16], "ucs2");
        (await TextsAsync(ucs2)).ShouldBe(["DINKES 😀 banjir"]);

        // "DPU 5" and the escape of the euro sign, whose other septet opens the second part, behind a header of seven octets.
        await SendBinaryAsync(gsm, "06080401020201", Septets.Pack("DPU 5\u001B"u8, 7), "gsm7");
        await SendBinaryAsync(gsm, "06080401020202", Septets.Pack("e saja"u8, 7), "gsm7");
        (await TextsAsync(gsm)).ShouldBe(["DPU 5€ saja"]);
    }

    [Fact]
    public async Task SMS_1_an_emoji_that_the_end_of_a_part_cuts_in_JSON_is_whole_and_its_half_is_a_sign_of_its_own_when_the_other_never_comes()
    {
        var (whole, half) = (NewSender(), NewSender());
        await SendAsync(whole, "18", 3, 3, "\uDE4F terima kasih");
        await SendAsync(whole, "18", 3, 1, "DINKES obat 😀 habis \uD83D");
        await SendAsync(whole, "18", 3, 2, "\uDE00 mohon bantuan \uD83D");
        (await TextsAsync(whole)).ShouldBe(["DINKES obat 😀 habis 😀 mohon bantuan 🙏 terima kasih"]);
        await SendAsync(half, "18", 2, 1, "DINKES habis \uD83D");
        fixture.Clock.Advance(TimeSpan.FromMinutes(31));
        await RoutedAsync(half, 1);
        (await TextsAsync(half)).ShouldBe(["DINKES habis \uFFFD"]);
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>("select not exists (select from unsealed)"));
        (await fixture.Services.GetRequiredService<SealVerifier>().VerifyAsync(CancellationToken.None)).FirstFault.ShouldBeNull();
    }

    [Fact]
    public async Task SMS_1_an_octet_and_two_octets_of_the_same_value_are_two_references()
    {
        var sender = NewSender();
        await SendBinaryAsync(sender, "050003050201", Encoding.BigEndianUnicode.GetBytes("DINKES pendek "), "ucs2");
        await SendBinaryAsync(sender, "06080400050202", Encoding.BigEndianUnicode.GetBytes("lebar"), "ucs2");
        (await TextsAsync(sender)).ShouldBeEmpty();
        await SendBinaryAsync(sender, "06080400050201", Encoding.BigEndianUnicode.GetBytes("DPU panjang "), "ucs2");
        await SendBinaryAsync(sender, "050003050202", Encoding.BigEndianUnicode.GetBytes("sempit"), "ucs2");
        (await TextsAsync(sender)).ShouldBe(["DINKES pendek sempit", "DPU panjang lebar"], ignoreOrder: true);
    }

    [Fact]
    public async Task SMS_1_the_last_part_and_the_end_of_its_time_at_once_lose_and_double_nothing()
    {
        var senders = Enumerable.Range(0, 30).Select(_ => NewSender()).ToList();
        await Task.WhenAll(senders.Select(sender => SendAsync(sender, "14", 2, 1, "DINKES awal ")));
        fixture.Clock.Advance(TimeSpan.FromMinutes(31));
        await Task.WhenAll(senders.Select(sender => SendAsync(sender, "14", 2, 2, "akhir")));
        foreach (var sender in senders)
            string.Concat((await TextsAsync(sender)).Order(StringComparer.Ordinal)).ShouldBe("DINKES awal akhir");
    }

    [Fact]
    public async Task PLT_9_parts_are_erased_with_their_message_late_ones_and_repeats_too_and_the_chain_still_holds()
    {
        var (sender, other) = (NewSender(), NewSender());
        await SendAsync(sender, "16", 2, 1, "DPU hapus saya ");
        await SendAsync(other, "16", 2, 1, "DPU jangan hapus ");
        fixture.Clock.Advance(TimeSpan.FromMinutes(31));
        await RoutedAsync(sender, 1);
        await RoutedAsync(other, 1);
        await SendAsync(sender, "16", 2, 2, "bagian yang terlambat");
        await RoutedAsync(sender, 2);
        await SendAsync(sender, "17", 2, 1, "DPU ulang ");
        await SendAsync(sender, "17", 2, 2, "sekali");
        await SendAsync(sender, "17", 2, 2, "sekali");
        fixture.Clock.Advance(TimeSpan.FromMinutes(31));
        await RoutedAsync(sender, 3);
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>("select not exists (select from part_set where closed_at is null) and not exists (select from unsealed)"));

        await using var owner = Npgsql.NpgsqlDataSource.Create(fixture.Database.Administrator);
        var whole = await fixture.Database.ScalarAsync<Guid>($"select m.id from message m join message_content c on c.message_id = m.id where c.sender = '{sender}' and m.is_incomplete and m.continues is null");
        await fixture.Database.ExecuteAsync($"select erase_message('{whole}', 'Retention')");
        // What continues it went with it; the other message is still there.
        (await TextsAsync(sender)).ShouldBe(["DPU ulang sekali"]);
        (await PartsAsync(sender)).ShouldBe(["DPU ulang ", "sekali", "sekali"]);

        using var said = new StringWriter();
        await fixture.Database.ExecuteAsync($"update sms_case set status = 'SetAside' where first_message_id in (select message_id from message_content where sender = '{sender}')");
        (await InboundSms.Privacy.PersonRequests.EraseAsync(new(owner, sender, said, CancellationToken.None))).ShouldBe(0);
        (await PartsAsync(sender)).ShouldBeEmpty();
        (await PartsAsync(other)).ShouldBe(["DPU jangan hapus "]);
        (await fixture.Services.GetRequiredService<SealVerifier>().VerifyAsync(CancellationToken.None)).FirstFault.ShouldBeNull();

        async Task<List<string>> PartsAsync(string from) => [.. (await Servers.TextsAsync(fixture.Database.Name, "select text from message_part_content where sender = $1 order by text", from))];
    }

    [Fact]
    public async Task SMS_1_parts_and_what_they_became_are_sealed_and_their_bytes_are_kept()
    {
        var sender = NewSender();
        await SendAsync(sender, "15", 2, 1, "DINKES se");
        await SendAsync(sender, "15", 2, 2, "gel");
        (await fixture.Database.ScalarAsync<bool>($"""
            select (select raw from message_content where sender = '{sender}')
              = (select string_agg(int4send(length(c.raw)) || c.raw, '' order by p.number) from message_part p join message_part_content c on c.part_id = p.id where c.sender = '{sender}')
            """)).ShouldBeTrue();
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>("select not exists (select from unsealed)"));
        (await fixture.Services.GetRequiredService<SealVerifier>().VerifyAsync(CancellationToken.None)).FirstFault.ShouldBeNull();
    }
}
