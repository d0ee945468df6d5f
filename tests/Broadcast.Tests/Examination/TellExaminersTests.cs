using System.Text.Json;
using Broadcast.Tests.Testing;
using Contracts.Directory;
using Contracts.Notification;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Examination;

/// <summary>In a city with one Chair: when he has had a hand in it, somebody else must look for an examiner.</summary>
public sealed class TellExaminersTests(ExaminationFixture city) : IClassFixture<ExaminationFixture>
{
    [Fact]
    public async Task BRO_4_who_worded_it_since_the_last_decision_or_let_it_go_is_not_asked_to_examine_it()
    {
        var chair = await city.AddGrantedAsync(Roles.Chair);
        using var author = city.As(chair, Roles.Administrator, Roles.Chair);
        bool IsOf(JsonElement broadcast, string text, string words) =>
            text.Contains(words, StringComparison.Ordinal) && text.Contains($" {broadcast.GetProperty("number").GetInt64()} ", StringComparison.Ordinal);
        bool IsTold(JsonElement broadcast, string words) => city.Bus.Received<NotifyOfficial>().Any(notice => IsOf(broadcast, notice.Text, words));

        // He wrote the first revision, somebody else the second.
        var (own, _) = await city.SubmitAsync(await city.WordAsync(await city.WordAsync(await city.RequestAsync(), by: author), "kata lain"));
        (await city.Bus.GetAsync<TellResponsible>(told => IsOf(own, told.Text, "tunjuk pemeriksa"))).IsUrgent.ShouldBeFalse();
        IsTold(own, "menunggu pemeriksaan").ShouldBeFalse();

        var submitted = await city.SubmittedAsync(isEmergency: true);
        await city.Bus.GetAsync<NotifyOfficial>(notice => notice.OfficialId == chair.Official && IsOf(submitted.Broadcast, notice.Text, "menunggu pemeriksaan"));
        await (await Flow.ReleaseAsync(submitted, author)).BodyAsync();
        (await city.Bus.GetAsync<TellResponsible>(told => IsOf(submitted.Broadcast, told.Text, "tunjuk pemeriksa"))).IsUrgent.ShouldBeTrue();
        IsTold(submitted.Broadcast, "dilepas tanpa pemeriksaan").ShouldBeFalse();
    }

    [Fact]
    public async Task BRO_4_who_may_let_an_emergency_go_hears_that_it_waits_for_him_but_not_who_worded_it()
    {
        var (secretary, writes) = (await city.AddGrantedAsync(Roles.Secretary), await city.AddGrantedAsync(Roles.Secretary));
        var former = await city.AddPostAsync(city.City, "Mayor", "Wali Kota", to: city.Clock.GetUtcNow().AddDays(-1));
        using var author = city.As(writes, Roles.Administrator, Roles.Secretary);
        var ordinary = (await city.SubmittedAsync(author: author)).Broadcast.GetProperty("number").GetInt64();
        var number = (await city.SubmittedAsync(isEmergency: true, author: author)).Broadcast.GetProperty("number").GetInt64();
        bool IsOf(NotifyOfficial notice, long of) => notice.Text.Contains("menunggu dilepas", StringComparison.Ordinal) && notice.Text.Contains($" {of} ", StringComparison.Ordinal);
        foreach (var post in new[] { city.Mayor, city.RegionalSecretary, secretary })
            (await city.Bus.GetAsync<NotifyOfficial>(notice => notice.OfficialId == post.Official && IsOf(notice, number))).ShouldSatisfyAllConditions(n => n.IsUrgent.ShouldBeTrue(), n => n.MayWait.ShouldBeFalse());
        city.Bus.Received<NotifyOfficial>()
            .Where(notice => IsOf(notice, ordinary) || (IsOf(notice, number) && (notice.OfficialId == writes.Official || notice.OfficialId == former.Official || notice.OfficialId == city.HeadOfHealth.Official)))
            .ShouldBeEmpty();
    }
}
