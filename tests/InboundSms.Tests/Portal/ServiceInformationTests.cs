using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Portal;

public sealed class ServiceInformationTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private HttpClient Operator => fixture.Client(fixture.DinkesOfficial, 0, Roles.UnitOperator);

    [Fact]
    public async Task SMS_13_an_operator_tells_and_everybody_reads_and_every_version_is_kept()
    {
        var unit = await UnitAsync("DINKES");
        var version = await VersionAsync("DINKES");
        (await PutAsync(Operator, unit, new { version, pledge = "Kami **melayani**", standards = "Loket buka 08.00\nsetiap hari kerja" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PutAsync(Operator, unit, new { version = version + 1, pledge = "Kami melayani <b>lebih baik</b>" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        var told = await fixture.Client().GetFromJsonAsync<JsonElement>("/publik/api/units/DINKES");
        told.GetProperty("name").GetString().ShouldBe("Unit DINKES");
        told.GetProperty("keywords").EnumerateArray().Single().GetString().ShouldBe("DINKES");
        told.GetProperty("serviceInformation").GetProperty("pledge").GetString().ShouldBe("Kami melayani <b>lebih baik</b>");
        told.GetProperty("serviceInformation").GetProperty("standards").ValueKind.ShouldBe(JsonValueKind.Null);
        (await fixture.Database.ScalarAsync<string>($"select standards from service_information_version where id = '{unit}' and version = {version + 1}"))
            .ShouldBe("Loket buka 08.00\nsetiap hari kerja");
        var listed = (await fixture.Client().GetFromJsonAsync<JsonElement>("/publik/api/units")).GetProperty("items").EnumerateArray().ToList();
        listed.Single(item => item.GetProperty("code").GetString() == "DINKES").GetProperty("hasServiceInformation").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task SMS_13_of_two_who_edit_at_once_one_wins_and_the_other_sees_what_there_is_now()
    {
        var unit = await UnitAsync("DINKES");
        var version = await VersionAsync("DINKES");
        var attempts = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => PutAsync(Operator, unit, new { version, provider = $"Penyelenggara {n}" })));
        attempts.Count(attempt => attempt.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        foreach (var refused in attempts.Where(attempt => attempt.StatusCode != HttpStatusCode.OK))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("current").GetProperty("version").GetInt64().ShouldBe(version + 1);
        }
    }

    [Fact]
    public async Task SMS_13_the_head_edits_his_own_unit_and_nobody_else_does()
    {
        var unit = await UnitAsync("DPU");
        var head = Guid.CreateVersion7();
        var position = Guid.CreateVersion7();
        await fixture.Bus.PublishAsync(new PositionChanged { PositionId = position, UnitId = unit, Code = "DPU-1", Title = "Kepala", Kind = "HeadOfUnit", Version = 1 });
        await fixture.Bus.PublishAsync(new AssignmentChanged { AssignmentId = Guid.CreateVersion7(), OfficialId = head, PositionId = position, From = fixture.Clock.GetUtcNow().AddDays(-1), Version = 1 });
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from organisation.assignment where official_id = '{head}')"));
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from organisation.position where id = '{position}')"));

        var told = new { version = 0, provider = "Dinas Pekerjaan Umum" };
        (await PutAsync(fixture.Client(fixture.DpuOfficial), unit, told)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        // A head elsewhere, and one who is no head of this unit.
        (await PutAsync(fixture.Client(fixture.DinkesOfficial, 0, Roles.HeadOfUnit), unit, told)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PutAsync(fixture.Client(fixture.DpuOfficial, 0, Roles.HeadOfUnit), unit, told)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PutAsync(fixture.Client(roles: Roles.HeadOfUnit), unit, told)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PutAsync(fixture.Client(head, 0, Roles.HeadOfUnit), unit, told)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PutAsync(fixture.Client(head, 0, Roles.HeadOfUnit), unit, told)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await PutAsync(fixture.Client(head, 0, Roles.HeadOfUnit), Guid.CreateVersion7(), told)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("{}", "version")]
    [InlineData("{\"version\":-1}", "version")]
    [InlineData("{\"version\":0,\"pledge\":\"a\\u0000b\"}", "pledge")]
    [InlineData("{\"version\":0,\"staff\":5}", "staff")]
    public async Task SMS_13_a_wrong_text_names_its_field(string body, string field)
    {
        var response = await Operator.PutAsync($"/api/inbound-sms/units/{await UnitAsync("DINKES")}/service-information",
            new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field);
    }

    [Fact]
    public async Task SMS_13_a_text_beyond_its_limit_is_refused() =>
        (await PutAsync(Operator, await UnitAsync("DINKES"), new { version = 0, complaints = new string('a', 8001) })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task SMS_13_a_unit_that_is_not_there_is_not_found() =>
        (await fixture.Client().GetAsync("/publik/api/units/TAKADA")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

    private Task<Guid> UnitAsync(string code) => fixture.Database.ScalarAsync<Guid>($"select id from organisation.unit where code = '{code}'");

    private Task<long> VersionAsync(string code) => fixture.Database.ScalarAsync<long>(
        $"select coalesce(max(s.version), 0) from service_information s join organisation.unit u on u.id = s.id where u.code = '{code}'");

    private static Task<HttpResponseMessage> PutAsync(HttpClient who, Guid unit, object told) => who.PutAsJsonAsync($"/api/inbound-sms/units/{unit}/service-information", told);
}
