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
        (await (await city.ActAsync(worded, "submission", city.Administrator())).BodyAsync()).GetProperty("recipients").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task BRO_6_who_reads_the_wrong_one_sees_by_which_it_is_corrected_once_that_is_sent()
    {
        var wrong = await city.AddSentAsync(recipients: [(city.HeadOfHealth, "Delivered"), (city.HealthClerk, "Skipped:same-number")]);
        var (submitted, _) = await city.SubmitAsync(await CorrectionAsync(wrong.Id));
        using var clerk = city.As(city.HealthClerk);
        async Task<JsonElement> CorrectedByAsync() => (await clerk.GetFromJsonAsync<JsonElement>($"{Flow.Path}/mine/{wrong.Id}")).GetProperty("item").GetProperty("correctedBy");
        (await CorrectedByAsync()).ValueKind.ShouldBe(JsonValueKind.Null, "nothing of it is sent");
        await city.Database.ExecuteAsync($"update broadcast set started_at = now(), state = 'Completed' where id = '{submitted.GetProperty("id").GetGuid()}'");
        (await CorrectedByAsync()).GetInt64().ShouldBe(submitted.GetProperty("number").GetInt64());
        // He had read the wrong one on the web alone; he is in the list of the right one too.
        (await city.Database.ScalarAsync<long>(
            $"select count(*) from recipient where broadcast_id = '{submitted.GetProperty("id").GetGuid()}' and official_id in ('{city.HealthClerk.Official}', '{city.HeadOfHealth.Official}')")).ShouldBe(2);
    }
}
