using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Broadcast.Tests.Testing;

namespace Broadcast.Tests.Reporting;

/// <summary>A city that knows what an SMS costs.</summary>
public sealed class PricedFixture : BroadcastFixture
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [.. base.Settings, new("Broadcast:PricePerSegment", "250.5")];
}

/// <summary>Figures of one broadcast, and its dossier.</summary>
public sealed class ReportTests(PricedFixture fixture) : IClassFixture<PricedFixture>
{
    private HttpClient Mayor => fixture.Client(fixture.Mayor.Official, 0, "Mayor");

    private Task<SentBroadcast.Sent> AddAsync() => fixture.AddSentAsync("Attendance", "Cancelled", recipients:
    [
        (fixture.Mayor, "Delivered"), (fixture.RegionalSecretary, "Ordered"), (fixture.HeadOfHealth, "Ordered:uncertain"), (fixture.HealthClerk, "Skipped:no-number"), (fixture.HeadOfWorks, "Withdrawn"),
    ]);

    [Fact]
    public async Task BRO_9_the_figures_of_a_broadcast_add_up()
    {
        var sent = await AddAsync();
        await fixture.Client(fixture.Mayor.Official).GetAsync($"/api/broadcasts/mine/{sent.Id}");
        await fixture.Client(fixture.RegionalSecretary.Official).PutAsJsonAsync($"/api/broadcasts/mine/{sent.Id}/missing-report", new { });
        await fixture.Client(fixture.Mayor.Official).PostAsJsonAsync($"/api/broadcasts/mine/{sent.Id}/answers", new { attends = true });
        var report = await Mayor.GetFromJsonAsync<JsonElement>($"/api/broadcasts/{sent.Id}/report");
        var o = report.GetProperty("outcome");
        long Of(string figure) => o.GetProperty(figure).GetInt64();
        (Of("frozen"), Of("delivered"), Of("pending"), Of("uncertain"), Of("withdrawn"), Of("skipped"), Of("failed"), Of("listed")).ShouldBe((5, 1, 1, 1, 1, 1, 0, 0));
        Of("sent").ShouldBe(3);
        (Of("segments"), o.GetProperty("cost").GetDecimal()).ShouldBe((3, 751.5m));
        (Of("frozen") + Of("arrivals")).ShouldBe(Of("listed") + Of("pending") + Of("uncertain") + Of("delivered") + Of("failed") + Of("withdrawn") + Of("skipped"));
        o.GetProperty("skippedBy").GetProperty("no-number").GetInt64().ShouldBe(1);
        (Of("read"), Of("answered"), Of("attend"), Of("missing"), Of("resent")).ShouldBe((1, 1, 1, 1, 0));
    }

    [Fact]
    public async Task BRO_9_the_spreadsheet_has_the_same_figures()
    {
        var sent = await AddAsync();
        var answer = await Mayor.GetAsync($"/api/broadcasts/{sent.Id}/report.ods");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/vnd.oasis.opendocument.spreadsheet");
        var content = await ContentAsync(await answer.Content.ReadAsByteArrayAsync());
        content.ShouldContain("tanpa nomor terdaftar");
        content.ShouldContain("Perkiraan biaya (Rp)");
        content.ShouldContain("751.5");
        content.ShouldContain("Orang pada daftar penerima yang disetujui");
    }

    [Fact]
    public async Task BRO_9_the_dossier_holds_everything_with_its_hashes_and_no_number_in_full()
    {
        var sent = await AddAsync();
        await fixture.Database.ExecuteAsync($$"""
            insert into decision (id, broadcast_id, revision, outcome, signed_hash, actor, acted_as, reason, at, salt, commitment)
            values (gen_random_uuid(), '{{sent.Id}}', 1, 'Approved', '\x0102', 'ketua', 'Chair', 'Santun dan netral', now(), decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'))
            """);
        var answer = await Mayor.GetAsync($"/api/broadcasts/{sent.Id}/dossier.zip");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync());
        string[] expected = ["isi.json", "ringkasan.ods", "permintaan.json", "revisi.json", "keputusan.json", "hasil.json", "kirim-ulang.json", "riwayat.json", "penerima.ods"];
        expected.Except(zip.Entries.Select(entry => entry.FullName)).ShouldBeEmpty();
        var contents = JsonDocument.Parse(await ReadAsync(zip.GetEntry("isi.json")!)).RootElement;
        contents.GetProperty("files").GetArrayLength().ShouldBe(zip.Entries.Count - 1);
        foreach (var file in contents.GetProperty("files").EnumerateArray())
        {
            var bytes = await ReadAsync(zip.GetEntry(file.GetProperty("name").GetString()!)!);
            Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe(file.GetProperty("sha256").GetString());
        }

        (await TextAsync(zip, "keputusan.json")).ShouldContain("Santun dan netral");
        (await TextAsync(zip, "revisi.json")).ShouldContain("apel pukul 07.00");
        var list = await ContentAsync(await ReadAsync(zip.GetEntry("penerima.ods")!));
        list.ShouldContain(fixture.HeadOfHealth.Name);
        list.ShouldContain("••••");
        list.ShouldNotContain(fixture.HeadOfHealth.Number!);
    }

    [Fact]
    public async Task BRO_9_what_does_not_exist_has_no_report()
    {
        foreach (var path in new[] { "report", "report.ods", "report.pdf", "dossier.zip", "answers" })
            (await Mayor.GetAsync($"/api/broadcasts/{Guid.CreateVersion7()}/{path}")).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
    }

    private static async Task<string> ContentAsync(byte[] spreadsheet)
    {
        using var zip = new ZipArchive(new MemoryStream(spreadsheet));
        return await TextAsync(zip, "content.xml");
    }

    private static async Task<string> TextAsync(ZipArchive zip, string name) => System.Text.Encoding.UTF8.GetString(await ReadAsync(zip.GetEntry(name)!));

    private static async Task<byte[]> ReadAsync(ZipArchiveEntry entry)
    {
        await using var stream = await entry.OpenAsync();
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
