using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ServiceDefaults.SignIn;

namespace Notification.Tests.Mail;

public sealed class OrderEmailTests(EmailFixture service) : IClassFixture<EmailFixture>
{
    private const string Path = "/api/notifications/emails";

    private readonly Guid _application = Guid.CreateVersion7();

    private HttpClient Live => service.Application(_application, Scopes.SendNotifications);

    private static async Task<JsonElement> OrderAsync(HttpClient client, object request)
    {
        var answer = await client.PostAsJsonAsync(Path, request);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items");
    }

    [Fact]
    public async Task NOT_3_an_application_sends_an_email_by_template_and_sees_what_became_of_it()
    {
        var template = await (await service.Client(roles: Roles.Administrator).PostAsJsonAsync("/api/notifications/templates", new
        {
            name = $"surel {_application}",
            reason = "layanan baru",
            content = new { indonesian = "Yth. {nama}", english = "Dear {nama}", subjectIndonesian = "Surat untuk {nama}", subjectEnglish = "Letter for {nama}" },
        })).Content.ReadFromJsonAsync<JsonElement>();
        var to = EmailFixture.Address();
        var items = await OrderAsync(Live, new
        {
            recipients = new[] { new { to, reference = "surat 9", personalisation = new { nama = "Ani" } } },
            templateId = template.GetProperty("id").GetString(),
            language = "English",
        });
        var id = items[0].GetProperty("id").GetGuid();
        await service.EmailIsAsync(id, "AcceptedByProvider");
        var mail = await service.ReceivedAsync(to);
        mail.Field("Subject").ShouldBe("Letter for Ani");
        mail.Part("text/plain").ShouldBe("Dear Ani");
        var seen = (await Live.GetFromJsonAsync<JsonElement>($"{Path}?reference=surat%209")).GetProperty("items").EnumerateArray().Single();
        seen.GetProperty("to").GetString().ShouldBe(to);
        seen.GetProperty("status").GetString().ShouldBe("Pending");
        (await service.Application(Guid.CreateVersion7(), Scopes.SendNotifications).GetAsync($"{Path}/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Live.GetAsync($"/api/notifications/sms/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("Ani\nBudi", "control-characters")]
    [InlineData("", "empty")]
    public async Task NOT_3_a_value_that_does_not_do_in_a_subject_is_named_for_what_it_is(string value, string code)
    {
        var template = await (await service.Client(roles: Roles.Administrator).PostAsJsonAsync("/api/notifications/templates", new
        {
            name = $"perihal {Guid.CreateVersion7():n}",
            reason = "layanan baru",
            content = new { indonesian = "Yth. {nama}", subjectIndonesian = "{nama}" },
        })).Content.ReadFromJsonAsync<JsonElement>();
        var answer = await Live.PostAsJsonAsync(Path, new
        {
            recipients = new[] { new { to = EmailFixture.Address(), personalisation = new { nama = value } } },
            templateId = template.GetProperty("id").GetString(),
        });
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("errors").EnumerateObject().Single().Name.ShouldBe("recipients[0].personalisation");
    }

    [Theory]
    [InlineData("002", "Failed")]
    [InlineData("004", "Uncertain")]
    [InlineData("100", "Delivered")]
    public async Task NOT_3_with_a_test_key_nothing_leaves_and_the_address_decides(string last, string state)
    {
        var to = $"uji{Guid.CreateVersion7():n}{last}@warga.example.id";
        var items = await OrderAsync(service.Application(_application, Scopes.TestNotifications), new { recipients = new[] { new { to } }, subject = "Uji", text = "Uji" });
        await service.EmailIsAsync(items[0].GetProperty("id").GetGuid(), state);
        service.Server.To(to).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"recipients":[{"to":"bukan surel"}],"subject":"a","text":"b"}""", "recipients[0].to")]
    [InlineData("""{"recipients":[{"to":"ani@b.id\r\nBcc: x@y.id"}],"subject":"a","text":"b"}""", "recipients[0].to")]
    [InlineData("""{"recipients":[{"to":"ani@b.id"}],"subject":"a\r\nBcc: x@y.id","text":"b"}""", "subject")]
    [InlineData("""{"recipients":[{"to":"ani@b.id"}],"text":"b"}""", "subject")]
    [InlineData("""{"recipients":[{"to":"ani@b.id"}],"subject":"a"}""", "text")]
    [InlineData("""{"recipients":[{"to":"ani@b.id"}],"subject":"a","text":"b","unsubscribeUrl":"http://b.id"}""", "unsubscribeUrl")]
    [InlineData("""{"recipients":[],"subject":"a","text":"b"}""", "recipients")]
    public async Task NOT_3_a_mistake_is_named_by_its_field(string json, string field)
    {
        using var body = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        var answer = await Live.PostAsync(Path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field);
    }
}
