using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Directory.Tests.Testing;

namespace Directory.Tests.Auditing;

public sealed class AuditSearchTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Audit = "/api/directory/audit";

    private string From => Uri.EscapeDataString(directory.Clock.GetUtcNow().AddDays(-1).ToString("O"));

    [Fact]
    public async Task DIR_9_the_trail_is_searched_by_who_act_subject_time_and_words()
    {
        var (word, position) = (DirectoryFixture.Fresh("NOTADINAS"), await directory.PositionAsync());
        await directory.Administrator.PutAsJsonAsync($"/api/directory/positions/{position.Id()}/keyword",
            new { version = 1, keyword = DirectoryFixture.Fresh("CARI"), reason = $"Sesuai {word} 100%" });
        var later = Uri.EscapeDataString(directory.Clock.GetUtcNow().AddSeconds(1).ToString("O"));

        foreach (var query in new[]
        {
            $"text={word}&from={From}", $"text={word.ToLowerInvariant()}&from={From}&to={later}", $"text={word} 100%25&from={From}",
            $"text={word}&from={From}&actor=ADMIN&act=SetKeyword&subjectKind=Position&subjectId={position.Id()}", $"act=SetKeyword&subjectId={position.Id()}",
        })
        {
            (await FindAsync(query)).Single().GetProperty("subjectId").GetGuid().ShouldBe(position.Id(), query);
        }

        foreach (var query in new[]
        {
            $"text={word}&from={later}", $"text={word}&from={From}&actor=system", $"text={word}&from={From}&act=EditUnit", $"text={word}%25&from={From}",
            $"text={word}&from={From}&subjectKind=Unit", $"text={word}&from={From}&subjectId={Guid.CreateVersion7()}", $"text={word}&from={From}&actor=nobody",
        })
        {
            (await FindAsync(query)).ShouldBeEmpty(query);
        }
    }

    [Fact]
    public async Task DIR_9_words_are_looked_for_in_a_year_at_most()
    {
        await (await directory.Administrator.GetAsync($"{Audit}?text=dinas")).ShouldNameAsync("from");
        var longAgo = Uri.EscapeDataString(directory.Clock.GetUtcNow().AddDays(-367).ToString("O"));
        await (await directory.Administrator.GetAsync($"{Audit}?text=dinas&from={longAgo}")).ShouldNameAsync("from");
        await (await directory.Administrator.GetAsync($"{Audit}?text=d&from={From}")).ShouldNameAsync("text");
        await (await directory.Administrator.GetAsync($"{Audit}?from=2026-01-01&to=2025-01-01")).ShouldNameAsync("to");
    }

    [Fact]
    public async Task DIR_9_a_number_is_masked_and_cannot_be_searched_for()
    {
        var number = DirectoryFixture.FreshNumber();
        var official = await directory.OfficialAsync(number);
        var entry = (await FindAsync($"subjectId={official.Id()}")).Single();
        entry.ToString().ShouldNotContain(number);
        entry.GetProperty("after").String("noticePhone").ShouldStartWith(number[..6]);
        (await FindAsync($"text={number[4..]}&from={From}")).ShouldBeEmpty();
        (await ExportAsync("Csv", new { })).ShouldNotContain(number);
    }

    [Theory]
    [InlineData("0812-3456-7890", "0812••••890")]
    [InlineData("081234567890", "0812••••890")]
    [InlineData("62812 3456 7890", "6281••••890")]
    [InlineData("+62 812.3456.7890", "+62 81••••890")]
    [InlineData("+6281234567890", "+62812••••890")]
    [InlineData("+6591234567", "+65912••••567")]
    [InlineData("198508122010011001", "198508122010011001")]
    public async Task DIR_9_a_number_is_masked_and_not_found_however_a_reason_writes_it(string written, string shown)
    {
        var (word, position) = (DirectoryFixture.Fresh("TULIS"), await directory.PositionAsync());
        await directory.PutAsync($"positions/{position.Id()}/keyword",
            new { version = 1, keyword = DirectoryFixture.Fresh("NOMOR"), reason = $"{word} HP: {written}, lama" }).DoneAsync();

        (await FindAsync($"text={word} HP&from={From}")).Single().String("reason").ShouldBe($"{word} HP: {shown}, lama");
        foreach (var part in new[] { written, written[3..], written[^6..] })
            (await FindAsync($"text={Uri.EscapeDataString(part)}&from={From}&subjectId={position.Id()}")).Count.ShouldBe(written == shown ? 1 : 0, part);
    }

    [Fact]
    public async Task DIR_9_search_and_export_mean_the_same_instant_by_the_clock_of_the_city()
    {
        var unit = await directory.UnitAsync();
        var local = directory.Clock.GetUtcNow().ToOffset(TimeSpan.FromHours(7));
        string Wall(int seconds) => local.AddSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);

        foreach (var (from, to, found) in new[] { (Wall(-1), Wall(1), 1), (Wall(1), Wall(2), 0), (Wall(-2), Wall(-1), 0) })
        {
            (await FindAsync($"subjectId={unit.Id()}&from={from}&to={to}")).Count.ShouldBe(found, from);
            var export = await directory.PostAsync("audit/export", new { from, to, format = "Ndjson", reason = "Pemeriksaan", subjectId = unit.Id() });
            (await export.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(found, from);
        }

        await (await directory.Administrator.GetAsync($"{Audit}?from=kemarin")).ShouldNameAsync("from");
        await (await directory.Administrator.GetAsync($"{Audit}?to=2026-02-30")).ShouldNameAsync("to");
    }

    [Fact]
    public async Task DIR_9_the_trail_is_exported_for_spreadsheets_and_for_programs_and_the_export_is_in_it()
    {
        var word = DirectoryFixture.Fresh("ekspor");
        var position = await directory.PositionAsync();
        await directory.Administrator.PutAsJsonAsync($"/api/directory/positions/{position.Id()}/keyword",
            new { version = 1, keyword = DirectoryFixture.Fresh("EKS"), reason = $"=HYPERLINK(\"x\") {word}" });

        var csv = (await ExportAsync("Csv", new { subjectId = position.Id() })).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        csv.Length.ShouldBe(3);
        csv[0].ShouldStartWith("\uFEFF\"id\",\"at\",\"actor\"");
        csv[1].ShouldContain("\"CreatePosition\"");
        csv[2].ShouldContain($"\"'=HYPERLINK(\"\"x\"\") {word}\"");

        var lines = (await ExportAsync("Ndjson", new { subjectId = position.Id() })).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Select(line => JsonDocument.Parse(line).RootElement.String("act")).ShouldBe(["CreatePosition", "SetKeyword"]);

        var export = (await FindAsync($"act=ExportAuditTrail&text={position.Id()}&from={From}"));
        export.Count.ShouldBe(2);
        export.ShouldAllBe(entry => entry.String("reason") == "Pemeriksaan Inspektorat" && entry.String("actorLogin") == DirectoryFixture.AdminLogin);
    }

    [Theory]
    [InlineData(0, "Csv", "ok", "to")]
    [InlineData(367, "Csv", "Pemeriksaan", "to")]
    [InlineData(1, "Xml", "Pemeriksaan", "format")]
    [InlineData(1, "Csv", "", "reason")]
    public async Task DIR_9_an_export_is_of_a_year_at_most_and_for_a_reason(int days, string format, string reason, string field)
    {
        var to = directory.Clock.GetUtcNow();
        var request = new { from = to.AddDays(-days), to, format, reason = reason == "ok" ? "Pemeriksaan" : reason };
        await (await directory.Administrator.PostAsJsonAsync($"{Audit}/export", request)).ShouldNameAsync(field);
    }

    [Fact]
    public async Task DIR_9_a_number_is_shown_to_the_administrator_for_a_reason_and_that_is_in_the_trail()
    {
        var number = DirectoryFixture.FreshNumber();
        var official = await directory.OfficialAsync(number);
        var path = $"/api/directory/officials/{official.Id()}/notice-phone/disclosure";

        var answer = await directory.Administrator.PostAsJsonAsync(path, new { reason = "Panggilan darurat" });

        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await answer.ReadAsync()).String("number").ShouldBe(number);
        (await FindAsync($"act=ShowNoticePhone&subjectId={official.Id()}")).Single().String("reason").ShouldBe("Panggilan darurat");
        await (await directory.Administrator.PostAsJsonAsync(path, new { reason = "" })).ShouldNameAsync("reason");
        await (await directory.Administrator.PostAsJsonAsync($"/api/directory/officials/{Guid.CreateVersion7()}/notice-phone/disclosure", new { reason = "Panggilan" }))
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");
    }

    private async Task<List<JsonElement>> FindAsync(string query) =>
        [.. (await directory.Administrator.GetFromJsonAsync<JsonElement>($"{Audit}?{query}")).GetProperty("items").EnumerateArray()];

    private async Task<string> ExportAsync(string format, object filter)
    {
        var request = JsonSerializer.SerializeToNode(filter)!.AsObject();
        request["from"] = directory.Clock.GetUtcNow().AddDays(-1);
        request["to"] = directory.Clock.GetUtcNow().AddDays(1);
        request["format"] = format;
        request["reason"] = "Pemeriksaan Inspektorat";
        var answer = await directory.Administrator.PostAsJsonAsync($"{Audit}/export", request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync());
    }
}
