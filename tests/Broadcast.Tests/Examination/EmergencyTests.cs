using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;
using Contracts.Notification;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Examination;

public sealed class EmergencyTests(BroadcastFixture city) : IClassFixture<BroadcastFixture>
{
    private static Task<HttpResponseMessage> AfterwardsAsync((JsonElement Broadcast, string Hash) submitted, HttpClient by, bool approves = true) =>
        by.PostAsJsonAsync($"{Flow.PathOf(submitted.Broadcast)}/examination-afterwards", new { contentHash = submitted.Hash, approves, checklist = Flow.Yes, reason = "sudah diperiksa" });

    [Fact]
    public async Task BRO_4_an_emergency_goes_on_the_word_of_a_second_person_and_is_examined_once_afterwards()
    {
        using var author = city.As(city.HeadOfWorks, Roles.Administrator, Roles.Secretary);
        var submitted = await city.SubmittedAsync(isEmergency: true, author: author);
        (await (await Flow.ReleaseAsync(submitted, author)).CodeAsync(HttpStatusCode.Forbidden)).ShouldBe("examiner-is-author");
        (await (await Flow.ReleaseAsync(submitted, city.As(city.Mayor, Roles.Mayor), " ")).FieldAsync()).ShouldBe("reason");
        (await (await Flow.ReleaseAsync((submitted.Broadcast, new string('a', 64)), city.As(city.Mayor, Roles.Mayor))).CodeAsync()).ShouldBe("content-differs");
        (await (await AfterwardsAsync(submitted, city.Chair())).CodeAsync()).ShouldBe("not-released");
        using var releases = city.As(city.HealthClerk, Roles.Secretary, Roles.Chair);
        (await (await Flow.ReleaseAsync(submitted, releases)).BodyAsync()).State.ShouldBe("Scheduled");
        (await (await AfterwardsAsync(submitted, releases)).CodeAsync(HttpStatusCode.Forbidden)).ShouldBe("examiner-released");
        var answers = await Task.WhenAll(AfterwardsAsync(submitted, city.Chair()), AfterwardsAsync(submitted, city.Chair(), approves: false));
        answers.Select(answer => answer.StatusCode).Order().ShouldBe([HttpStatusCode.OK, HttpStatusCode.Conflict]);
        var decisions = (await city.Chair().GetFromJsonAsync<JsonElement>(Flow.PathOf(submitted.Broadcast))).GetProperty("decisions").EnumerateArray().ToList();
        decisions.Count.ShouldBe(2);
        decisions.Select(decision => decision.GetProperty("outcome").GetString()).ShouldContain("Released");
    }

    [Fact]
    public async Task BRO_4_what_is_disapproved_before_it_has_begun_is_not_sent()
    {
        var submitted = await city.SubmittedAsync(isEmergency: true);
        await (await Flow.ReleaseAsync(submitted, city.As(city.RegionalSecretary, Roles.RegionalSecretary))).BodyAsync();
        (await (await AfterwardsAsync(submitted, city.Chair(), approves: false)).BodyAsync()).State.ShouldBe("Rejected");
    }

    [Fact]
    public async Task BRO_4_what_is_disapproved_while_it_is_sent_is_paused()
    {
        var worded = await (await city.TryWordAsync(await city.RequestAsync(isEmergency: true), sendAt: null)).BodyAsync();
        var submitted = await city.SubmitAsync(worded.GetProperty("broadcast"));
        await (await Flow.ReleaseAsync(submitted, city.As(city.Mayor, Roles.Mayor))).BodyAsync();
        await Eventually.TrueAsync(async () => (await city.NowAsync(submitted.Broadcast)).State == "Sending");
        (await (await city.TryWordAsync(await city.NowAsync(submitted.Broadcast), "lain")).CodeAsync()).ShouldBe("broadcast-began");
        var paused = await (await AfterwardsAsync(submitted, city.Chair(), approves: false)).BodyAsync();
        paused.State.ShouldBe("Paused");
        (await (await city.TryWordAsync(paused, "lain")).CodeAsync()).ShouldBe("broadcast-began");
        await city.Bus.GetAsync<HoldSmsGroup>(hold => hold.GroupId == submitted.Broadcast.GetProperty("id").GetGuid() && hold.IsHeld);
    }

    [Theory]
    [InlineData(true, "Approved", "disetujui")]
    [InlineData(false, "Disapproved", "tidak disetujui")]
    public async Task BRO_4_what_went_unexamined_is_listed_until_it_is_and_what_was_said_stands_in_its_report(bool approves, string said, string printed)
    {
        var submitted = await city.SubmittedAsync(isEmergency: true);
        var path = Flow.PathOf(submitted.Broadcast);
        submitted.Broadcast.GetProperty("afterwards").ValueKind.ShouldBe(JsonValueKind.Null);
        (await WaitingAsync(submitted.Broadcast)).ShouldBeFalse();
        (await (await Flow.ReleaseAsync(submitted, city.As(city.Mayor, Roles.Mayor))).BodyAsync()).GetProperty("afterwards").GetString().ShouldBe("Waiting");
        (await WaitingAsync(submitted.Broadcast)).ShouldBeTrue();
        (await SheetAsync(path)).ShouldContain("belum diperiksa");

        (await (await AfterwardsAsync(submitted, city.Chair(), approves)).BodyAsync()).GetProperty("afterwards").GetString().ShouldBe(said);
        (await WaitingAsync(submitted.Broadcast)).ShouldBeFalse();
        (await city.Chair().GetFromJsonAsync<JsonElement>($"{path}/report")).GetProperty("afterwards").GetString().ShouldBe(said);
        (await SheetAsync(path)).ShouldContain($">{printed}<");
    }

    [Fact]
    public async Task BRO_4_what_was_let_go_and_worded_anew_waits_for_no_examination_afterwards()
    {
        var submitted = await city.SubmittedAsync(isEmergency: true);
        var released = await (await Flow.ReleaseAsync(submitted, city.As(city.Mayor, Roles.Mayor))).BodyAsync();
        (await city.WordAsync(released, "kata lain")).GetProperty("afterwards").ValueKind.ShouldBe(JsonValueKind.Null);
        (await WaitingAsync(released)).ShouldBeFalse();
    }

    private async Task<bool> WaitingAsync(JsonElement broadcast) =>
        (await city.Chair().GetFromJsonAsync<JsonElement>($"{Flow.Path}?examination=Waiting")).GetProperty("items").EnumerateArray()
            .Any(item => item.GetProperty("id").GetGuid() == broadcast.GetProperty("id").GetGuid());

    private async Task<string> SheetAsync(string path)
    {
        using var zip = new ZipArchive(new MemoryStream(await city.Chair().GetByteArrayAsync($"{path}/report.ods")));
        using var reader = new StreamReader(await zip.GetEntry("content.xml")!.OpenAsync());
        return await reader.ReadToEndAsync();
    }

    [Fact]
    public async Task BRO_4_what_is_no_emergency_waits_for_the_chair()
    {
        var submitted = await city.SubmittedAsync();
        (await (await Flow.ReleaseAsync(submitted, city.As(city.Mayor, Roles.Mayor))).CodeAsync()).ShouldBe("not-an-emergency");
        (await Flow.ReleaseAsync(submitted, city.Administrator())).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await city.NowAsync(submitted.Broadcast)).State.ShouldBe("Submitted");
    }
}
