using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Broadcast.Tests.Examination;
using Broadcast.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Reporting;

/// <summary>The dossier alone proves who asked for a broadcast by what authority, who worded and who signed it, and what came back.</summary>
public sealed class DossierTests(ExaminationFixture city) : IClassFixture<ExaminationFixture>
{
    private static readonly byte[] Scan = [.. "%PDF-1.7\n"u8, .. RandomNumberGenerator.GetBytes(300)];

    private async Task LetterAsync(Guid official, string reference)
    {
        var letter = new
        {
            officialId = official,
            grantedByOfficialId = city.Mayor.Official,
            reference,
            subject = "Kuasa mengirim SMS",
            validFrom = city.Clock.GetUtcNow(),
            validTo = city.Clock.GetUtcNow().AddYears(1),
            document = Scan,
        };
        (await city.Administrator().PostAsJsonAsync($"{Flow.Path}/letters", letter)).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task BRO_9_the_dossier_names_who_asked_by_which_letter_who_worded_who_signed_under_which_mandate_and_the_text()
    {
        var (originator, author, secretary) = (await city.AddPostAsync(city.Health, "Staff", "Staf"), await city.AddPostAsync(city.City, "Staff", "Staf"), await city.AddSecretaryAsync());
        var reference = $"800/{Guid.CreateVersion7()}";
        await LetterAsync(originator.Official, reference);
        var mandate = new { officialId = secretary.Official, from = city.Clock.GetUtcNow(), to = city.Clock.GetUtcNow().AddDays(1), reason = "Ketua dinas luar" };
        (await city.Chair().PostAsJsonAsync($"{Flow.Path}/mandates", mandate)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var asked = await city.RequestAsync(by: city.As(originator, Roles.Official));
        var submitted = await city.SubmitAsync(await city.WordAsync(asked, "Rapat pukul 9\ndi aula", by: city.As(author, Roles.Administrator)));
        (await city.ApproveAsync(submitted, city.As(secretary, Roles.Secretary))).EnsureSuccessStatusCode();
        var id = submitted.Broadcast.GetProperty("id").GetString();
        await city.Database.ExecuteAsync($$"""
            insert into missing_report (broadcast_id, official_id, note, reported_at) values ('{{id}}', '{{city.HealthClerk.Official}}', 'pakai 081377000009', now());
            insert into answer (id, broadcast_id, number, official_id, via, attends, at) values (gen_random_uuid(), '{{id}}', 1, '{{city.HeadOfWorks.Official}}', 'Web', true, now())
            """);
        (await city.Administrator().PostAsJsonAsync($"{Flow.Path}/{id}/missing-reports/{city.HealthClerk.Official}/closing", new { reason = "Sudah ditelepon" })).EnsureSuccessStatusCode();

        using var zip = new ZipArchive(await (await city.Chair().GetAsync($"{Flow.Path}/{id}/dossier.zip")).EnsureSuccessStatusCode().Content.ReadAsStreamAsync());
        using var summary = new ZipArchive(new MemoryStream(await ReadAsync(zip, "ringkasan.ods")));
        var sheet = Encoding.UTF8.GetString(await ReadAsync(summary, "content.xml"));
        foreach (var fact in new[] { originator.Name, reference, $"{city.Mayor.Name} (Wali Kota)", author.Name, $"{secretary.Name} (Sekretaris): disetujui", "<text:p>Rapat pukul 9</text:p><text:p>di aula</text:p>", submitted.Hash })
            sheet.ShouldContain(fact);

        var document = Convert.ToHexStringLower(SHA256.HashData(Scan));
        (await ReadAsync(zip, "surat-kuasa.pdf")).ShouldBe(Scan);
        var letter = await JsonAsync(zip, "surat-kuasa.json");
        (letter.GetProperty("reference").GetString(), letter.GetProperty("documentSha256").GetString()).ShouldBe((reference, document));
        (await JsonAsync(zip, "isi.json")).GetProperty("files").EnumerateArray().Single(file => file.GetProperty("name").GetString() == "surat-kuasa.pdf").GetProperty("sha256").GetString().ShouldBe(document);
        var given = (await JsonAsync(zip, "mandat.json")).EnumerateArray().ShouldHaveSingleItem();
        (given.GetProperty("officialId").GetGuid(), given.GetProperty("reason").GetString()).ShouldBe((secretary.Official, "Ketua dinas luar"));
        (await JsonAsync(zip, "keputusan.json"))[0].GetProperty("mandateId").GetString().ShouldBe(given.GetProperty("id").GetString());
        var missing = (await JsonAsync(zip, "laporan-tidak-diterima.json")).EnumerateArray().ShouldHaveSingleItem();
        missing.GetProperty("closings").EnumerateArray().ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldBe("Sudah ditelepon");
        missing.GetRawText().ShouldNotContain("081377000009");
        (await JsonAsync(zip, "jawaban.json")).EnumerateArray().ShouldHaveSingleItem().GetProperty("attends").GetBoolean().ShouldBeTrue();
    }

    private static async Task<JsonElement> JsonAsync(ZipArchive zip, string name) => JsonElement.Parse(await ReadAsync(zip, name));

    private static async Task<byte[]> ReadAsync(ZipArchive zip, string name)
    {
        await using var stream = await zip.GetEntry(name)!.OpenAsync();
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
