using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Receiving;

/// <summary>Whoever has the wrong text gets the right one, by the way by which he has it.</summary>
public sealed class CorrectionTests(SendingFixture city) : IClassFixture<SendingFixture>
{
    private async Task<JsonElement> CorrectionAsync(Guid wrong)
    {
        var answer = await city.As(city.Mayor, Roles.Mayor).PostAsJsonAsync(Flow.Path, new { subject = "Ralat", kind = "Information", text = "Tempatnya berubah", correctsId = wrong });
        var broadcast = await answer.BodyAsync(HttpStatusCode.Created);
        var worded = await city.Administrator().PutAsJsonAsync($"{Flow.PathOf(broadcast)}/wording",
            new { version = broadcast.Version, text = "Ralat: apel di alun-alun", audience = new { include = Array.Empty<object>() }, sendAt = Flow.Tomorrow });
        return (await worded.BodyAsync()).GetProperty("broadcast");
    }

    [Fact]
    public async Task BRO_4_nothing_is_corrected_while_it_still_goes_out()
    {
        var wrong = await city.ApprovedAsync(await city.AddPeopleAsync(3));
        await city.OrderedAsync(wrong, 3);
        var worded = await CorrectionAsync(wrong);
        (await (await city.ActAsync(worded, "submission", city.Administrator())).CodeAsync()).ShouldBe("corrected-still-sending");
        (await city.NowAsync(worded)).State.ShouldBe("Draft");
        await city.MovedAsync(wrong, "pause");
        var submitted = await (await city.ActAsync(worded, "submission", city.Administrator())).BodyAsync();
        submitted.GetProperty("recipients").GetInt32().ShouldBe(3);
        // And what is being corrected does not go on.
        await (await city.MoveAsync(wrong, "resume", await city.VersionAsync(wrong))).ShouldRefuseAsync(HttpStatusCode.Conflict, "corrected-meanwhile");
        await (await city.ActAsync(submitted.GetProperty("broadcast"), "submission/withdrawal", city.Administrator())).BodyAsync();
        await city.MovedAsync(wrong, "resume");
    }

    [Fact]
    public async Task BRO_6_who_reads_the_wrong_one_sees_by_which_it_is_corrected_once_that_is_sent()
    {
        var wrong = await city.AddSentAsync(recipients: [(city.HeadOfHealth, "Delivered"), (city.HealthClerk, "Skipped:same-number")]);
        var (submitted, _) = await city.SubmitAsync(await CorrectionAsync(wrong.Id));
        using var clerk = city.As(city.HealthClerk);
        async Task<JsonElement> CorrectedByAsync() => (await clerk.GetFromJsonAsync<JsonElement>($"{Flow.Path}/mine/{wrong.Id}")).GetProperty("item").GetProperty("correctedBy");
        (await CorrectedByAsync()).ValueKind.ShouldBe(JsonValueKind.Null, "nothing of it is sent");
        // Whoever got the wrong one now would never get the right one.
        await (await city.Administrator().PostAsJsonAsync($"{Flow.Path}/{wrong.Id}/recipients/{city.HeadOfHealth.Official}/resends", new { reason = "Tidak diterima", resends = 0 }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "corrected-meanwhile");
        await city.Database.ExecuteAsync($"update broadcast set started_at = now(), state = 'Completed' where id = '{submitted.GetProperty("id").GetGuid()}'");
        (await CorrectedByAsync()).GetInt64().ShouldBe(submitted.GetProperty("number").GetInt64());
        // He had read the wrong one on the web alone; he is in the list of the right one too.
        (await city.Database.ScalarAsync<long>(
            $"select count(*) from recipient where broadcast_id = '{submitted.GetProperty("id").GetGuid()}' and official_id in ('{city.HealthClerk.Official}', '{city.HeadOfHealth.Official}')")).ShouldBe(2);
    }

    [Fact]
    public async Task BRO_2_a_calendar_puts_a_corrected_invitation_in_the_place_of_the_wrong_one()
    {
        var first = await InviteAsync(null);
        var other = await InviteAsync(first.GetProperty("id").GetString());
        var last = await InviteAsync(other.GetProperty("id").GetString(), wordings: 2);
        var events = new[] { await EventAsync(first), await EventAsync(other), await EventAsync(last) };
        events.Select(found => found.Uid).Distinct().ShouldHaveSingleItem().ShouldBe($"{first.GetProperty("id").GetString()}@broadcast");
        events.Select(found => found.Sequence).ShouldBeUnique();
        events.Select(found => found.Sequence).ShouldBeInOrder();
    }

    /// <summary>An invitation that was sent; it corrects another one.</summary>
    private async Task<JsonElement> InviteAsync(string? correctsId, int wordings = 1)
    {
        var request = await city.As(city.Mayor, Roles.Mayor).PostAsJsonAsync(Flow.Path, new { subject = "Rapat", kind = "Invitation", text = "Undang", correctsId });
        var broadcast = await request.BodyAsync(HttpStatusCode.Created);
        var sequences = new List<int>();
        for (var no = 0; no < wordings; no++)
        {
            var worded = await city.Administrator().PutAsJsonAsync($"{Flow.PathOf(broadcast)}/wording", new
            {
                version = broadcast.Version,
                text = "Rapat",
                audience = new { include = correctsId is null ? [new { unitId = city.City }] : Array.Empty<object>() },
                invitation = new { place = "Aula", startsAt = city.Clock.GetUtcNow().AddDays(2) },
            });
            broadcast = (await worded.BodyAsync()).GetProperty("broadcast");
            sequences.Add((await EventAsync(broadcast)).Sequence);
        }

        sequences.ShouldBeUnique();
        sequences.ShouldBeInOrder();
        await city.Database.ExecuteAsync($"update broadcast set started_at = now(), state = 'Completed' where id = '{broadcast.GetProperty("id").GetString()}'");
        return broadcast;
    }

    private async Task<(string Uid, int Sequence)> EventAsync(JsonElement broadcast)
    {
        var lines = (await city.Chair().GetStringAsync($"{Flow.PathOf(broadcast)}/invitation.ics")).Split("\r\n");
        string Of(string property) => lines.Single(line => line.StartsWith(property, StringComparison.Ordinal))[property.Length..];
        return (Of("UID:"), int.Parse(Of("SEQUENCE:"), CultureInfo.InvariantCulture));
    }
}
