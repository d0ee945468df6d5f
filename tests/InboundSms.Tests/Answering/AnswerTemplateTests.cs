using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Answering;

public sealed class AnswerTemplateTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private const string Path = "/api/inbound-sms/answer-templates";

    [Fact]
    public async Task SMS_6_a_template_of_the_unit_is_filled_in_for_a_message_and_counted()
    {
        var office = await fixture.OfficeAsync(officials: 2);
        var message = await fixture.SendAndRouteAsync($"{office.Keyword} lampu padam", "+6281262000001");
        (await CreateAsync(Head(office.Officials[0]), office.Unit, "Diterima", "Laporan {nomor} untuk {Kata Kunci} kami terima.")).StatusCode.ShouldBe(HttpStatusCode.Created);
        var number = (await fixture.ReadAsync(office.Officials[1], $"messages/{message}")).GetProperty("caseNumber").GetInt64();

        var plain = (await fixture.ReadAsync(office.Officials[1], "answer-templates")).GetProperty("items").EnumerateArray().Single();
        plain.GetProperty("text").GetString().ShouldBe("Laporan {nomor} untuk {Kata Kunci} kami terima.");
        plain.GetProperty("length").GetProperty("segments").GetInt32().ShouldBe(1);
        var filled = (await fixture.ReadAsync(office.Officials[1], $"answer-templates?message={message}")).GetProperty("items").EnumerateArray().Single();
        var text = $"Laporan {number} untuk {office.Keyword} kami terima.";
        filled.GetProperty("text").GetString().ShouldBe(text);
        filled.GetProperty("length").GetProperty("characters").GetInt32().ShouldBe(text.Length);
        (await fixture.ReadAsync(fixture.DpuOfficial, "answer-templates")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await fixture.Client(fixture.DpuOfficial).GetAsync($"{Path}?message={message}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task SMS_6_of_two_who_change_a_template_one_does_and_the_other_sees_it()
    {
        var office = await fixture.OfficeAsync();
        var client = Head(office.Officials[0]);
        var id = await IdAsync(await CreateAsync(client, office.Unit, "Tindak lanjut", "Kami tindak lanjuti"));
        (await client.PutAsJsonAsync($"{Path}/{id}", new { version = 1, title = "Tindak lanjut", text = "Sedang dikerjakan" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        var late = await client.PutAsJsonAsync($"{Path}/{id}", new { version = 1, title = "Tindak lanjut", text = "Yang lain" });
        (await late.ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile")).GetProperty("current").GetProperty("text").GetString().ShouldBe("Sedang dikerjakan");
        (await client.DeleteAsync($"{Path}/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await client.DeleteAsync($"{Path}/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.PutAsJsonAsync($"{Path}/{id}", new { version = 2, title = "Tindak lanjut", text = "Hilang" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task SMS_6_head_and_operator_keep_templates_of_their_own_unit_alone()
    {
        var (office, other) = (await fixture.OfficeAsync(officials: 2), await fixture.OfficeAsync());
        var keeper = fixture.Client(office.Officials[1], roles: Roles.UnitOperator);
        var id = await IdAsync(await CreateAsync(keeper, office.Unit, "Operator", "Dari operator"));
        (await CreateAsync(fixture.Client(office.Officials[1]), office.Unit, "Staf", "Dari staf")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await (await CreateAsync(keeper, other.Unit, "Unit lain", "Bukan milik kami")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "unit-unknown", "unitId");
        // Head of another unit, without a head's position in this one.
        await (await CreateAsync(Head(office.Officials[1]), office.Unit, "Bukan kepala", "Di sini")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "unit-unknown", "unitId");
        (await Head(other.Officials[0]).PutAsJsonAsync($"{Path}/{id}", new { version = 1, title = "Ambil", text = "Alih" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Head(other.Officials[0]).DeleteAsync($"{Path}/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task SMS_6_a_wrong_template_is_a_problem_that_names_the_field()
    {
        var office = await fixture.OfficeAsync();
        var client = Head(office.Officials[0]);
        (await CreateAsync(client, office.Unit, "Salam", "Selamat pagi")).EnsureSuccessStatusCode();
        await (await CreateAsync(client, office.Unit, "SALAM", "Lagi")).ShouldRefuseAsync(HttpStatusCode.Conflict, "name-taken");
        await (await CreateAsync(client, office.Unit, "Nama", "Yth. {nama}")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "placeholder-unknown", "text");
        await (await CreateAsync(client, office.Unit, "  ", "Isi")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "empty", "title");
        await (await CreateAsync(client, office.Unit, "Kosong", "\u200b")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "empty", "text");
        await (await CreateAsync(client, office.Unit, "Panjang", new string('a', 919))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid", "text");
        (await CreateAsync(client, office.Unit, "Kurung", "Biasa { saja } tidak")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await CreateAsync(client, office.Unit, "Terbuka", "Tanda { sendiri")).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    private HttpClient Head(Guid official) => fixture.Client(official, roles: Roles.HeadOfUnit);

    private static Task<HttpResponseMessage> CreateAsync(HttpClient client, Guid unitId, string title, string text) => client.PostAsJsonAsync(Path, new { unitId, title, text });

    private static async Task<Guid> IdAsync(HttpResponseMessage created) => (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
}
