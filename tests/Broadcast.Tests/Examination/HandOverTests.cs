using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;
using Contracts.Directory;
using Contracts.Notification;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Examination;

/// <summary>Whoever has the next step, or waits for the outcome, is told: number and what to do, the reasons stand in the application.</summary>
public sealed class HandOverTests(BroadcastFixture city) : IClassFixture<BroadcastFixture>
{
    private const string Reason = "terlalu panjang";

    private static bool IsOf(JsonElement broadcast, string text, string words) =>
        text.Contains(words, StringComparison.Ordinal) && text.Contains($" nomor {broadcast.GetProperty("number").GetInt64()} ", StringComparison.Ordinal) && !text.Contains(Reason, StringComparison.Ordinal);

    private Task<TellResponsible> ToldAsync(JsonElement broadcast, string words) => city.Bus.GetAsync<TellResponsible>(told => IsOf(broadcast, told.Text, words));

    private Task<NotifyOfficial> MayorToldAsync(JsonElement broadcast, string words) =>
        city.Bus.GetAsync<NotifyOfficial>(notice => notice.OfficialId == city.Mayor.Official && IsOf(broadcast, notice.Text, words));

    [Fact]
    public async Task BRO_3_the_administrators_hear_of_a_request_at_night_too_where_it_is_an_emergency()
    {
        var (asked, emergency) = (await city.RequestAsync(), await city.RequestAsync(isEmergency: true));
        (await ToldAsync(asked, "menunggu disusun")).ShouldSatisfyAllConditions(told => told.IsUrgent.ShouldBeFalse(), told => told.Except.ShouldBe(city.Mayor.Official));
        (await ToldAsync(emergency, "Siaran darurat")).IsUrgent.ShouldBeTrue();
    }

    [Fact]
    public async Task BRO_3_a_request_that_is_repeated_is_told_once()
    {
        using var mayor = city.As(city.Mayor, Roles.Mayor);
        mayor.DefaultRequestHeaders.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        var asked = await city.RequestAsync(by: mayor);
        await city.RequestAsync(by: mayor);
        await ToldAsync(asked, "menunggu disusun");
        await ToldAsync(await city.RequestAsync(), "menunggu disusun");
        city.Bus.Received<TellResponsible>().Where(told => IsOf(asked, told.Text, "menunggu disusun")).DistinctBy(told => told.Id).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("return", "dikembalikan")]
    [InlineData("rejection", "ditolak")]
    public async Task BRO_4_who_asked_and_who_words_hear_that_it_was_not_approved(string step, string words)
    {
        var (submitted, _) = await city.SubmittedAsync();
        await (await city.ActAsync(submitted, step, city.As(city.HeadOfWorks, Roles.Chair), Reason)).BodyAsync();
        (await ToldAsync(submitted, words)).Except.ShouldBe(city.HeadOfWorks.Official, "he knows");
        (await MayorToldAsync(submitted, words)).ShouldSatisfyAllConditions(notice => notice.MayWait.ShouldBeTrue(), notice => notice.IsUrgent.ShouldBeFalse());
    }

    [Fact]
    public async Task BRO_4_who_asked_hears_that_it_was_approved_and_nobody_of_what_was_refused()
    {
        var submitted = await city.SubmittedAsync();
        (await (await city.ApproveAsync((submitted.Broadcast, new string('a', 64)))).CodeAsync()).ShouldBe("content-differs");
        await (await city.ApproveAsync(submitted)).BodyAsync();
        await MayorToldAsync(submitted.Broadcast, "disetujui");
        city.Bus.Received<NotifyOfficial>().Where(notice => IsOf(submitted.Broadcast, notice.Text, "disetujui")).DistinctBy(notice => notice.NoticeId).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task BRO_4_of_an_emergency_that_is_disapproved_people_hear_at_once()
    {
        var submitted = await city.SubmittedAsync(isEmergency: true);
        await (await Flow.ReleaseAsync(submitted, city.As(city.RegionalSecretary, Roles.RegionalSecretary))).BodyAsync();
        var answer = await city.Chair().PostAsJsonAsync($"{Flow.PathOf(submitted.Broadcast)}/examination-afterwards", new { contentHash = submitted.Hash, approves = false, checklist = Flow.Yes, reason = Reason });
        await answer.BodyAsync();
        (await ToldAsync(submitted.Broadcast, "tidak disetujui")).IsUrgent.ShouldBeTrue();
        (await MayorToldAsync(submitted.Broadcast, "tidak disetujui")).IsUrgent.ShouldBeTrue();
    }
}
