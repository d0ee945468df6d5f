using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Notification.Tests.Testing;
using Npgsql;
using ServiceDefaults.SignIn;

namespace Notification.Tests.Templates;

public sealed class TemplateTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    private const string Path = "/api/notifications/templates";

    private HttpClient Administrator => service.Client(roles: Roles.Administrator);

    private static object Content(string indonesian, string? english = null, string? subject = null) => new { indonesian, english, subjectIndonesian = subject };

    private async Task<JsonElement> CreateAsync(object content, string? name = null)
    {
        var answer = await Administrator.PostAsJsonAsync(Path, new { name = name ?? $"templat {Guid.CreateVersion7()}", content, reason = "layanan baru" });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private Task<HttpResponseMessage> EditAsync(JsonElement template, long version, object content, bool retired = false, string? name = null) =>
        Administrator.PutAsJsonAsync($"{Path}/{template.GetProperty("id").GetString()}",
            new { version, name = name ?? template.GetProperty("name").GetString(), content, retired, reason = "perbaikan" });

    private Task<HttpResponseMessage> OrderAsync(JsonElement template, string number, object personalisation, string language = "Indonesian") =>
        service.Application(Guid.CreateVersion7(), Scopes.SendNotifications).PostAsJsonAsync("/api/notifications/sms",
            new { recipients = new[] { new { to = number, personalisation } }, templateId = template.GetProperty("id").GetString(), language });

    private static async Task<string> FieldAsync(HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name;
    }

    [Theory]
    [InlineData("Indonesian", "Yth. {Budi}, KTP Anda siap.")]
    [InlineData("English", "Dear {Budi}, your card is ready.")]
    public async Task NOT_4_a_template_goes_out_in_its_language_with_its_values_and_names_its_version(string language, string expected)
    {
        var template = await CreateAsync(Content("lama {nama}", "old {nama}"));
        (await EditAsync(template, 1, Content("Yth. {nama}, KTP Anda siap.", "Dear {nama}, your card is ready."))).EnsureSuccessStatusCode();
        var number = NotificationFixture.Number();
        var answer = await OrderAsync(template, number, new { nama = "{Budi}" }, language);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("templateVersion").GetInt64().ShouldBe(2);
        (await Eventually.GetAsync(() => Task.FromResult(service.Kannel.CallsTo(number)), calls => calls.Count == 1))[0].Text.ShouldBe(expected);
    }

    [Fact]
    public async Task NOT_4_a_missing_or_unknown_value_is_named_and_a_retired_template_is_refused()
    {
        var template = await CreateAsync(Content("Yth. {nama}, antrean {nomor}."));
        template.GetProperty("placeholders").EnumerateArray().Select(name => name.GetString()).ShouldBe(["nama", "nomor"]);
        var number = NotificationFixture.Number();
        (await FieldAsync(await OrderAsync(template, number, new { nama = "Ani" }))).ShouldBe("recipients[0].personalisation.nomor");
        (await FieldAsync(await OrderAsync(template, number, new { nama = "Ani", nomor = "7", lain = "x" }))).ShouldBe("recipients[0].personalisation.lain");
        (await FieldAsync(await OrderAsync(template, number, new { nama = (string?)null, nomor = "7" }))).ShouldBe("recipients[0].personalisation.nama");
        (await FieldAsync(await OrderAsync(template, number, new { nama = new string('x', 501), nomor = "7" }))).ShouldBe("recipients[0].personalisation.nama");
        (await EditAsync(template, 1, Content("Yth. {nama}."), retired: true)).EnsureSuccessStatusCode();
        (await FieldAsync(await OrderAsync(template, number, new { nama = "Ani" }))).ShouldBe("templateId");
        (await EditAsync(template, 2, Content("Yth. {nama}."))).EnsureSuccessStatusCode();
        (await OrderAsync(template, number, new { nama = "Ani" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task NOT_4_every_change_is_a_version_that_stays_and_of_two_editors_one_wins()
    {
        var template = await CreateAsync(Content("satu"));
        var answers = await Task.WhenAll(EditAsync(template, 1, Content("dua")), EditAsync(template, 1, Content("tiga")));
        answers.Select(answer => answer.StatusCode).Order().ShouldBe([HttpStatusCode.OK, HttpStatusCode.Conflict]);
        var conflict = await answers.Single(answer => answer.StatusCode == HttpStatusCode.Conflict).Content.ReadFromJsonAsync<JsonElement>();
        conflict.GetProperty("current").GetProperty("version").GetInt64().ShouldBe(2);
        var versions = await Administrator.GetFromJsonAsync<JsonElement>($"{Path}/{template.GetProperty("id").GetString()}/versions");
        versions.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("version").GetInt64()).ShouldBe([2, 1]);

        await using var connection = new NpgsqlConnection(service.Database.Runtime);
        await connection.OpenAsync();
        await using var alter = new NpgsqlCommand("update template_version set indonesian = 'lain'", connection);
        (await Should.ThrowAsync<PostgresException>(() => alter.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Theory]
    [InlineData("""{"indonesian":" "}""", "content.indonesian")]
    [InlineData("""{"indonesian":"{nama"}""", "content.indonesian")]
    [InlineData("""{"indonesian":"{}"}""", "content.indonesian")]
    [InlineData("""{"indonesian":"{1}"}""", "content.indonesian")]
    [InlineData("""{"indonesian":"a\u0007"}""", "content.indonesian")]
    [InlineData("""{"indonesian":"{nama}","english":"{name}"}""", "content.english")]
    [InlineData("""{"indonesian":"a","subjectEnglish":"b"}""", "content.subjectEnglish")]
    [InlineData("""{"indonesian":"a","english":"b","subjectIndonesian":"c"}""", "content.subjectEnglish")]
    public async Task NOT_4_a_template_that_would_go_wrong_is_refused_with_its_field(string content, string field)
    {
        using var body = new StringContent($$"""{"name":"x","reason":"y","content":{{content}}}""", System.Text.Encoding.UTF8, "application/json");
        (await FieldAsync(await Administrator.PostAsync(Path, body))).ShouldBe(field);
    }

    [Fact]
    public async Task NOT_4_an_sms_of_1601_characters_is_no_template_but_an_email_is()
    {
        var answer = await Administrator.PostAsJsonAsync(Path, new { name = "panjang", reason = "uji", content = Content(new string('a', 1601)) });
        (await FieldAsync(answer)).ShouldBe("content.indonesian");
        var email = await CreateAsync(Content(new string('a', 1601), subject: "Pemberitahuan"));
        email.GetProperty("kind").GetString().ShouldBe("Email");
        (await FieldAsync(await OrderAsync(email, NotificationFixture.Number(), new { }))).ShouldBe("templateId");
        (await FieldAsync(await EditAsync(email, 1, Content("jadi SMS")))).ShouldBe("content.subjectIndonesian");
    }

    [Fact]
    public async Task NOT_4_two_templates_have_two_names()
    {
        var template = await CreateAsync(Content("a"));
        var name = template.GetProperty("name").GetString()!;
        (await Administrator.PostAsJsonAsync(Path, new { name = name.ToUpperInvariant(), content = Content("b"), reason = "uji" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await EditAsync(await CreateAsync(Content("c")), 1, Content("c"), name: name)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("Jum'at", 156, 1, true, "")]
    [InlineData("Jum\u2019at", 156, 3, false, "\u2019")]
    [InlineData("€", 152, 1, true, "")]
    public async Task NOT_4_a_preview_counts_segments_and_names_what_makes_them_many(string value, int others, int segments, bool isGsm, string outside)
    {
        var answer = await service.Application(Guid.CreateVersion7(), Scopes.TestNotifications).PostAsJsonAsync($"{Path}/preview",
            new { content = Content(new string('a', others - value.Length) + "{hari}"), personalisation = new { hari = value } });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var preview = await answer.Content.ReadFromJsonAsync<JsonElement>();
        preview.GetProperty("missing").GetArrayLength().ShouldBe(0);
        var sms = preview.GetProperty("sms");
        sms.GetProperty("segments").GetInt32().ShouldBe(segments);
        sms.GetProperty("isGsm").GetBoolean().ShouldBe(isGsm);
        string.Concat(sms.GetProperty("outsideGsm").EnumerateArray().Select(character => character.GetString())).ShouldBe(outside);
        sms.GetProperty("cost").GetDecimal().ShouldBe(segments * 350m);
    }

    [Fact]
    public async Task NOT_4_a_preview_names_what_is_missing_and_shows_a_template_in_its_language()
    {
        var template = await CreateAsync(Content("Yth. {nama}", "Dear {nama}"));
        var preview = await (await Administrator.PostAsJsonAsync($"{Path}/preview", new { templateId = template.GetProperty("id").GetString(), language = "English" }))
            .Content.ReadFromJsonAsync<JsonElement>();
        preview.GetProperty("text").GetString().ShouldBe("Dear {nama}");
        preview.GetProperty("missing").EnumerateArray().Single().GetString().ShouldBe("nama");
        (await FieldAsync(await Administrator.PostAsJsonAsync($"{Path}/preview", new { }))).ShouldBe("content");
    }

    [Fact]
    public async Task NOT_4_the_secretariat_and_applications_read_templates_and_only_the_administrator_writes_them()
    {
        foreach (var client in new[] { service.Client(roles: Roles.Secretary), service.Application(Guid.CreateVersion7(), Scopes.SendNotifications) })
        {
            (await client.GetAsync($"{Path}?retired=true")).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await client.PostAsJsonAsync(Path, new { name = "x", content = Content("y"), reason = "z" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }
    }
}
