using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;
using Contracts.Notification;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Examination;

public sealed class MandateTests(ExaminationFixture city) : IClassFixture<ExaminationFixture>
{
    private Task<HttpResponseMessage> GiveAsync(Post secretary, string from, string to) => city.Chair().PostAsJsonAsync($"{Flow.Path}/mandates",
        new { officialId = secretary.Official, from, to, reason = "Ketua cuti" });

    private Task<HttpResponseMessage> ApproveAsync((JsonElement, string) submitted, Post secretary) => city.ApproveAsync(submitted, city.As(secretary, Roles.Secretary));

    [Fact]
    public async Task BRO_4_a_secretary_examines_while_his_mandate_is_in_force_and_the_decision_names_it()
    {
        var (secretary, other) = (await city.AddSecretaryAsync(), await city.AddSecretaryAsync());
        var submitted = await city.SubmittedAsync();
        await (await GiveAsync(secretary, "2026-01-06T00:00:00Z", "2026-01-07T00:00:00Z")).BodyAsync(HttpStatusCode.Created);
        (await (await ApproveAsync(submitted, secretary)).CodeAsync(HttpStatusCode.Forbidden)).ShouldBe("mandate-missing");
        var mandate = await (await GiveAsync(secretary, "2026-01-05T00:00:00Z", "2026-01-05T23:00:00Z")).BodyAsync(HttpStatusCode.Created);
        (await (await ApproveAsync(submitted, other)).CodeAsync(HttpStatusCode.Forbidden)).ShouldBe("mandate-missing");
        var approved = await (await ApproveAsync(submitted, secretary)).BodyAsync();
        var decision = (await city.Chair().GetFromJsonAsync<JsonElement>(Flow.PathOf(approved))).GetProperty("decisions").EnumerateArray().Single();
        (decision.GetProperty("actedAs").GetString(), decision.GetProperty("mandateId").GetString()).ShouldBe(("Secretary", mandate.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task BRO_4_whoever_may_examine_hears_that_something_waits_and_that_an_emergency_went_without_him()
    {
        var (chair, secretary, idle) = (await city.AddGrantedAsync(Roles.Chair), await city.AddSecretaryAsync(), await city.AddSecretaryAsync());
        await (await GiveAsync(secretary, "2026-01-05T00:00:00Z", "2026-01-05T23:00:00Z")).BodyAsync(HttpStatusCode.Created);
        var submitted = await city.SubmittedAsync("Awas banjir", isEmergency: true);
        var number = submitted.Broadcast.GetProperty("number").GetInt64();
        Task<NotifyOfficial> ToldAsync(Post post, string words) => city.Bus.GetAsync<NotifyOfficial>(notice =>
            notice.OfficialId == post.Official && notice.Text.Contains(words, StringComparison.Ordinal) && notice.Text.Contains($" {number} ", StringComparison.Ordinal));
        (await ToldAsync(chair, "menunggu pemeriksaan")).IsUrgent.ShouldBeTrue();
        await ToldAsync(secretary, "menunggu pemeriksaan");
        await (await Flow.ReleaseAsync(submitted, city.As(city.Mayor, Roles.Mayor))).BodyAsync();
        await ToldAsync(chair, "dilepas tanpa pemeriksaan");
        await ToldAsync(secretary, "dilepas tanpa pemeriksaan");
        city.Bus.Received<NotifyOfficial>().ShouldAllBe(notice =>
            (notice.OfficialId != idle.Official || !notice.Text.Contains("pemeriksaan", StringComparison.Ordinal)) && !notice.Text.Contains("banjir", StringComparison.Ordinal));
    }

    [Fact]
    public async Task BRO_4_a_mandate_that_was_ended_counts_no_more_and_ends_once()
    {
        var secretary = await city.AddSecretaryAsync();
        var submitted = await city.SubmittedAsync();
        var mandate = await (await GiveAsync(secretary, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")).BodyAsync(HttpStatusCode.Created);
        Task<HttpResponseMessage> EndAsync(long version) => city.Chair().PostAsJsonAsync($"{Flow.Path}/mandates/{mandate.GetProperty("id").GetString()}/end", new { version });
        var answers = await Task.WhenAll(EndAsync(1), EndAsync(1));
        answers.Select(answer => answer.StatusCode).Order().ShouldBe([HttpStatusCode.OK, HttpStatusCode.Conflict]);
        (await (await EndAsync(2)).CodeAsync()).ShouldBe("mandate-over");
        (await (await ApproveAsync(submitted, secretary)).CodeAsync(HttpStatusCode.Forbidden)).ShouldBe("mandate-missing");
        var listed = await city.Administrator().GetFromJsonAsync<JsonElement>($"{Flow.Path}/mandates");
        listed.GetProperty("items").EnumerateArray().ShouldContain(item => item.GetProperty("id").GetString() == mandate.GetProperty("id").GetString());
    }

    [Fact]
    public async Task BRO_4_a_mandate_is_a_secretarys_and_has_a_sensible_time()
    {
        var secretary = await city.AddSecretaryAsync();
        (await (await GiveAsync(city.HealthClerk, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")).FieldAsync()).ShouldBe("officialId");
        (await (await GiveAsync(secretary, "2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z")).FieldAsync()).ShouldBe("to");
        (await (await GiveAsync(secretary, "2026-01-01T00:00:00Z", "2026-01-05T01:00:00Z")).FieldAsync()).ShouldBe("to");
        (await (await GiveAsync(secretary, "2026-01-01T00:00:00Z", "2027-01-03T00:00:00Z")).FieldAsync()).ShouldBe("to");
        (await (await GiveAsync(secretary, "2026-01-01T00:00:00Z", "9998-12-31T00:00:00Z")).FieldAsync()).ShouldBe("to");
        await (await GiveAsync(secretary, "9998-12-31T00:00:00Z", "9998-12-31T23:00:00Z")).BodyAsync(HttpStatusCode.Created);
        (await city.As(secretary, Roles.Secretary).PostAsJsonAsync($"{Flow.Path}/mandates",
            new { officialId = secretary.Official, from = "2026-01-01T00:00:00Z", to = "2026-02-01T00:00:00Z", reason = "diri" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }
}
