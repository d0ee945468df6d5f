using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Directory.Tests.Testing;

namespace Directory.Tests.Organisation;

public sealed class OrganisationTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Organisation = "/api/directory/organisation";

    [Fact]
    public async Task DIR_1_the_administrator_enters_who_the_organisation_is_and_everybody_signed_in_reads_it()
    {
        var version = (await NowAsync()).Version();

        var answer = await directory.Administrator.PutAsJsonAsync(Organisation, Identity(version));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        (await answer.ReadAsync()).Version().ShouldBe(version + 1);
        var account = await directory.AccountAsync(DirectoryFixture.AdminPassword, null, "Chair");
        var chair = await directory.SignedInAsync(account.String("userLogin"), DirectoryFixture.AdminPassword);
        var read = await chair.GetFromJsonAsync<JsonElement>(Organisation);
        read.String("name").ShouldBe("Pemerintah Kota Bekasi");
        read.GetProperty("letterhead").EnumerateArray().Select(line => line.GetString()).ShouldBe(["PEMERINTAH KOTA BEKASI", "SEKRETARIAT DAERAH"]);
        read.String("city").ShouldBe("Bekasi");
        (await chair.PutAsJsonAsync(Organisation, Identity(version + 1))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await directory.Client().GetAsync(Organisation)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await (await directory.Administrator.PutAsJsonAsync(Organisation, Identity(version))).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        var trail = await directory.Administrator.GetFromJsonAsync<JsonElement>($"/api/directory/audit?subjectId={Guid.Empty}");
        trail.GetProperty("items")[0].String("act").ShouldBe("EditOrganisation");
    }

    [Theory]
    [InlineData("name", "")]
    [InlineData("name", "Kota\u0000")]
    [InlineData("sealText", null)]
    [InlineData("address", " ")]
    [InlineData("city", "Beka\nsi")]
    [InlineData("email", "bukan surel")]
    [InlineData("website", "bukan alamat")]
    public async Task DIR_1_garbage_in_the_identity_is_refused_by_the_name_of_its_field(string field, string? value)
    {
        var request = Identity((await NowAsync()).Version());
        request[field] = value;
        await (await directory.Administrator.PutAsJsonAsync(Organisation, request)).ShouldNameAsync(field);
    }

    [Fact]
    public async Task DIR_1_a_letterhead_has_one_to_six_readable_lines()
    {
        foreach (var lines in new object?[] { null, Array.Empty<string>(), new[] { "a", "b", "c", "d", "e", "f", "g" }, new[] { "baris\nlain" }, new string?[] { null }, new[] { "" } })
        {
            var request = Identity((await NowAsync()).Version());
            request["letterhead"] = lines;
            await (await directory.Administrator.PutAsJsonAsync(Organisation, request)).ShouldNameAsync("letterhead");
        }
    }

    private static Dictionary<string, object?> Identity(long version) => new(StringComparer.Ordinal)
    {
        ["version"] = version,
        ["name"] = "Pemerintah Kota Bekasi",
        ["sealText"] = "WALIKOTA BEKASI",
        ["letterhead"] = new[] { "PEMERINTAH KOTA BEKASI", "SEKRETARIAT DAERAH" },
        ["address"] = "Jalan Jenderal Ahmad Yani Nomor 1, 17141",
        ["city"] = "Bekasi",
        ["telephone"] = "(021) 88961767",
        ["email"] = "setda@bekasikota.go.id",
        ["website"] = "https://www.bekasikota.go.id",
    };

    private async Task<JsonElement> NowAsync() => await directory.Administrator.GetFromJsonAsync<JsonElement>(Organisation);
}
