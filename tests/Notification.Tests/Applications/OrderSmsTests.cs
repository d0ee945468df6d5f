using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Notification.Tests.Testing;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Notification.Tests.Applications;

public sealed class OrderSmsTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    private const string Path = "/api/notifications/sms";

    private readonly Guid _application = Guid.CreateVersion7();

    private HttpClient Live => service.Application(_application, Scopes.SendNotifications);

    private HttpClient Test => service.Application(_application, Scopes.TestNotifications);

    private static object To(string number, string? reference = null, object? personalisation = null) => new { to = number, reference, personalisation };

    private static async Task<JsonElement> OrderAsync(HttpClient client, object request, HttpStatusCode expected = HttpStatusCode.Accepted)
    {
        var answer = await client.PostAsJsonAsync(Path, request);
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static List<string> IdsOf(JsonElement answer) => [.. answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];

    [Fact]
    public async Task NOT_4_an_application_sends_to_many_and_sees_what_became_of_each()
    {
        var numbers = new[] { NotificationFixture.Number(), NotificationFixture.Number() };
        var answer = await OrderAsync(Live, new { recipients = numbers.Select((number, index) => To(number, $"antrean-{index}")), text = "Nomor antrean Anda siap." });
        answer.GetProperty("test").GetBoolean().ShouldBeFalse();
        answer.GetRawText().ShouldNotContain(numbers[0]);
        var ids = IdsOf(answer);
        foreach (var (id, number) in ids.Zip(numbers))
        {
            await service.StateIsAsync(Guid.Parse(id), "AcceptedByProvider");
            service.Kannel.CallsTo(number).ShouldHaveSingleItem().Text.ShouldBe("Nomor antrean Anda siap.");
            await service.LearnAsync(Guid.Parse(id), "1");
        }

        var seen = await Live.GetFromJsonAsync<JsonElement>($"{Path}/{ids[1]}");
        seen.GetProperty("status").GetString().ShouldBe("Delivered");
        seen.GetProperty("to").GetString().ShouldBe(numbers[1]);
        seen.GetProperty("reference").GetString().ShouldBe("antrean-1");
        seen.GetProperty("version").GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task NOT_4_an_order_can_be_asked_for_before_it_is_taken_and_by_its_reference()
    {
        var client = Live;
        for (var i = 0; i < 60; i++)
            await OrderAsync(client, new { recipients = new[] { To(NotificationFixture.Number(), "surat 7") }, text = "Surat Anda selesai." });
        await OrderAsync(client, new { recipients = new[] { To(NotificationFixture.Number(), "surat 8") }, text = "Surat Anda selesai." });
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var page = await client.GetFromJsonAsync<JsonElement>($"{Path}?reference=surat%207{(cursor is null ? "" : $"&cursor={cursor}")}");
            ids.AddRange(IdsOf(page));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        ids.Count.ShouldBe(60);
        ids.ShouldBeUnique();
    }

    [Fact]
    public async Task NOT_4_another_application_sees_nothing_of_it()
    {
        var id = IdsOf(await OrderAsync(Live, new { recipients = new[] { To(NotificationFixture.Number(), "rahasia") }, text = "Halo" })).Single();
        var stranger = service.Application(Guid.CreateVersion7(), Scopes.SendNotifications);
        (await stranger.GetAsync($"{Path}/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        IdsOf(await stranger.GetFromJsonAsync<JsonElement>($"{Path}?reference=rahasia")).ShouldBeEmpty();
        (await service.Client(roles: Roles.Administrator).GetAsync($"{Path}/{id}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("100", "Delivered")]
    [InlineData("002", "Failed")]
    [InlineData("003", "AcceptedByOperator")]
    [InlineData("004", "Uncertain")]
    [InlineData("005", "Failed")]
    [InlineData("008", "Expired")]
    public async Task NOT_4_a_test_key_never_sends_and_the_number_decides_the_outcome(string lastDigits, string state)
    {
        var number = NotificationFixture.Number(lastDigits);
        // Whatever else the token may: with the scope for tests nothing leaves.
        var client = service.Application(_application, Scopes.TestNotifications, Scopes.SendNotifications, Scopes.SendEmergencies);
        var answer = await OrderAsync(client, new { recipients = new[] { To(number) }, text = "Percobaan", purpose = "Emergency" });
        answer.GetProperty("test").GetBoolean().ShouldBeTrue();
        await service.StateIsAsync(Guid.Parse(IdsOf(answer).Single()), state);
        service.Kannel.CallsTo(number).ShouldBeEmpty();
        (await service.Client().GetAsync("/webhooks/sms/simulation/status")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task NOT_4_emergencies_need_a_scope_of_their_own()
    {
        var request = new { recipients = new[] { To(NotificationFixture.Number()) }, text = "Banjir di hulu, segera mengungsi.", purpose = "Emergency" };
        await OrderAsync(Live, request, HttpStatusCode.Forbidden);
        var id = IdsOf(await OrderAsync(service.Application(_application, Scopes.SendEmergencies), request)).Single();
        await service.StateIsAsync(Guid.Parse(id), "AcceptedByProvider");
        (await service.Database.ScalarAsync<string>($"select purpose from sms where id = '{id}'")).ShouldBe("Emergency");
        await OrderAsync(service.Application(_application, Scopes.SendEmergencies), new { request.recipients, request.text }, HttpStatusCode.Forbidden);
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { """{"text":"a"}""", "recipients" },
        { """{"recipients":[],"text":"a"}""", "recipients" },
        { """{"recipients":[null],"text":"a"}""", "recipients[0]" },
        { """{"recipients":[{"to":"+6281234567100"},{"to":"0215551234"}],"text":"a"}""", "recipients[1].to" },
        { """{"recipients":[{"to":"TELKOMSEL"}],"text":"a"}""", "recipients[0].to" },
        { """{"recipients":[{"to":"+6281234567100","reference":"a\u0000"}],"text":"a"}""", "recipients[0].reference" },
        { """{"recipients":[{"to":"+6281234567100","personalisation":{"nama":"Ani"}}],"text":"{nama}"}""", "recipients[0].personalisation.nama" },
        { """{"recipients":[{"to":"+6281234567100"}]}""", "text" },
        { """{"recipients":[{"to":"+6281234567100"}],"text":"  "}""", "text" },
        { """{"recipients":[{"to":"+6281234567100"}],"text":"a\u0000"}""", "text" },
        { """{"recipients":[{"to":"+6281234567100"}],"text":"a","templateId":"01890000-0000-7000-8000-000000000000"}""", "text" },
        { """{"recipients":[{"to":"+6281234567100"}],"templateId":"01890000-0000-7000-8000-000000000000"}""", "templateId" },
        { """{"recipients":[{"to":"+6281234567100"}],"text":"a","purpose":"OneTimeCode"}""", "purpose" },
        { """{"recipients":[{"to":"+6281234567100"}],"text":"a","expiresAt":"2020-01-01T00:00:00Z"}""", "expiresAt" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task NOT_4_a_mistake_is_named_by_its_field_and_nothing_is_ordered(string json, string field)
    {
        using var body = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        var answer = await Live.PostAsync(Path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe([field]);
        (await service.Database.ScalarAsync<long>($"select count(*) from application_message where application_id = '{_application}'")).ShouldBe(0);
    }

    [Fact]
    public async Task NOT_4_a_hundred_and_one_recipients_are_too_many() => await OrderAsync(
        Live, new { recipients = Enumerable.Range(0, 101).Select(_ => To(NotificationFixture.Number())), text = "a" }, HttpStatusCode.BadRequest);

    [Fact]
    public async Task NOT_4_the_same_order_five_times_at_once_is_one_order()
    {
        var request = new { recipients = new[] { To(NotificationFixture.Number()) }, text = "Sekali saja" };
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            var client = Live;
            client.DefaultRequestHeaders.Add(Idempotency.Header, $"pesan-{_application}");
            return await OrderAsync(client, request);
        }));
        answers.Select(answer => IdsOf(answer).Single()).Distinct().ShouldHaveSingleItem();
        (await service.Database.ScalarAsync<int>($"select ordered from application_day where application_id = '{_application}'")).ShouldBe(1);
        var other = Live;
        other.DefaultRequestHeaders.Add(Idempotency.Header, $"pesan-{_application}");
        await OrderAsync(other, new { request.recipients, text = "Lain" }, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task NOT_4_who_is_not_an_application_with_the_scope_orders_nothing()
    {
        var request = new { recipients = new[] { To(NotificationFixture.Number()) }, text = "a" };
        await OrderAsync(service.Client(), request, HttpStatusCode.Unauthorized);
        await OrderAsync(service.Application(_application, Scopes.ReadOrganisation), request, HttpStatusCode.Forbidden);
        await OrderAsync(service.Client(roles: Roles.Administrator), request, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task NOT_4_a_test_key_does_not_use_up_the_days_messages()
    {
        await OrderAsync(Test, new { recipients = new[] { To(NotificationFixture.Number()), To(NotificationFixture.Number()) }, text = "a" });
        await OrderAsync(Live, new { recipients = new[] { To(NotificationFixture.Number()) }, text = "a" });
        var item = (await service.Client(roles: Roles.Auditor).GetFromJsonAsync<JsonElement>("/api/notifications/applications")).GetProperty("items")
            .EnumerateArray().Single(application => application.GetProperty("application").GetProperty("id").GetGuid() == _application);
        item.GetProperty("today").GetInt32().ShouldBe(1);
        item.GetProperty("testsToday").GetInt32().ShouldBe(2);
    }
}
