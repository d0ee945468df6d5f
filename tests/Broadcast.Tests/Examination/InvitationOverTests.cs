using System.Text.Json;
using Broadcast.Tests.Testing;
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
}
