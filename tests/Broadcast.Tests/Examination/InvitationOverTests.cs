using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Storage;
using Broadcast.Tests.Testing;
using Contracts.Notification;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Examination;

public sealed class InvitationOverTests(SendingFixture city) : IClassFixture<SendingFixture>
{
    private async Task<JsonElement> InvitedAsync(bool isEmergency = false)
    {
        var meeting = new { place = "Aula", startsAt = city.Clock.GetUtcNow().AddHours(1) };
        var answer = await city.TryWordAsync(await city.RequestAsync("Invitation", isEmergency), invitation: meeting, sendAt: null);
        return (await answer.BodyAsync()).GetProperty("broadcast");
    }

    [Fact]
    public async Task BRO_2_nobody_is_invited_to_what_has_begun()
    {
        var (worded, submitted, emergency) = (await InvitedAsync(), await city.SubmitAsync(await InvitedAsync()), await city.SubmitAsync(await InvitedAsync(isEmergency: true)));
        await city.AdvanceAsync(TimeSpan.FromHours(1));
        (await (await city.ActAsync(worded, "submission", city.Administrator())).CodeAsync()).ShouldBe("invitation-over");
        (await (await city.ApproveAsync(submitted)).CodeAsync()).ShouldBe("invitation-over");
        (await (await Flow.ReleaseAsync(emergency, city.As(city.Mayor, Roles.Mayor))).CodeAsync()).ShouldBe("invitation-over");
        (await city.NowAsync(submitted.Broadcast)).State.ShouldBe("Submitted");
        (await city.ApproveAsync(await city.SubmitAsync(await InvitedAsync()))).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task BRO_2_once_the_event_has_begun_no_invitation_begins_nor_is_handed_over_nor_sent_again()
    {
        var now = city.Clock.GetUtcNow();
        var (sendAt, eventAt) = (now.AddMinutes(10), now.AddMinutes(30));
        var goes = await city.ApprovedAsync(await city.AddPeopleAsync(2), eventAt: eventAt, validUntil: eventAt.AddHours(1));
        var missed = await city.ApprovedAsync(await city.AddPeopleAsync(2), sendAt, eventAt: eventAt);
        await city.OrderedAsync(goes, 2);
        // What Notification has not handed over by then is not any more.
        (await city.Bus.GetAsync<SendSmsBatch>(batch => batch.GroupId == goes)).ExpiresAt.ShouldBe(eventAt);

        // Well within the hour after which it would be late in any case.
        await city.AdvanceAsync(TimeSpan.FromMinutes(30));
        await city.StateIsAsync(missed, BroadcastState.Late);
        await (await city.MoveAsync(missed, "send-late", await city.VersionAsync(missed))).ShouldRefuseAsync(HttpStatusCode.Conflict, "broadcast-no-longer-valid");
        city.Ordered(missed).ShouldBeEmpty();
        var recipient = await city.Database.ScalarAsync<Guid>($"select official_id from recipient where broadcast_id = '{goes}' limit 1");
        var again = await city.Administrator().PostAsJsonAsync($"{Flow.Path}/{goes}/recipients/{recipient}/resends", new { reason = "Belum sampai", resends = 0 });
        await again.ShouldRefuseAsync(HttpStatusCode.Conflict, "broadcast-expired");
    }
}
