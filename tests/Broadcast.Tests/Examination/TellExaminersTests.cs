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
        await city.Bus.GetAsync<TellResponsible>(told => IsOf(own, told.Text, "menunggu pemeriksaan"));
        IsTold(own, "menunggu pemeriksaan").ShouldBeFalse();

        var submitted = await city.SubmittedAsync(isEmergency: true);
        await city.Bus.GetAsync<NotifyOfficial>(notice => notice.OfficialId == chair.Official && IsOf(submitted.Broadcast, notice.Text, "menunggu pemeriksaan"));
        await (await Flow.ReleaseAsync(submitted, author)).BodyAsync();
        await city.Bus.GetAsync<TellResponsible>(told => IsOf(submitted.Broadcast, told.Text, "dilepas tanpa pemeriksaan"));
        IsTold(submitted.Broadcast, "dilepas tanpa pemeriksaan").ShouldBeFalse();
    }
}
