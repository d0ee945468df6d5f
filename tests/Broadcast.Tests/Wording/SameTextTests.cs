using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;

namespace Broadcast.Tests.Wording;

/// <summary>A text that has just gone out, or waits, is not sent twice by mistake: who words it and who examines it are told.</summary>
public sealed class SameTextTests(BroadcastFixture city) : IClassFixture<BroadcastFixture>
{
    private static string NewText => $"Apel pagi {Guid.CreateVersion7()}";

    private static List<long> NumbersOf(JsonElement answer) => [.. answer.GetProperty("sameText").EnumerateArray().Select(number => number.GetInt64())];

    private async Task<List<long>> SeenAsync(string text, string? broadcastId = null)
    {
        var audience = new { include = new[] { new { officialIds = new[] { city.HeadOfWorks.Official } } } };
        return NumbersOf(await (await city.Administrator().PostAsJsonAsync($"{Flow.Path}/audience/preview", new { audience, text, broadcastId })).BodyAsync());
    }

    private Task<long> NumberAsync(Guid id) => city.Database.ScalarAsync<long>($"select number from broadcast where id = '{id}'");

    [Theory]
    [InlineData("Submitted", null, true)]
    [InlineData("Late", null, true)]
    [InlineData("Completed", 23, true)]
    [InlineData("Cancelled", 1, true)]
    [InlineData("Completed", 25, false)]
    [InlineData("Cancelled", null, false)]
    [InlineData("Rejected", null, false)]
    [InlineData("Draft", null, false)]
    public async Task BRO_1_a_text_counts_from_when_it_went_out_not_from_when_it_was_worded(string state, int? hoursAgo, bool isSaid)
    {
        var text = NewText;
        var (id, _) = await city.FreezeAsync(new() { Include = [new() { OfficialIds = [city.Mayor.Official] }] }, text);
        var startedAt = hoursAgo is { } hours ? $"'{city.Clock.GetUtcNow().AddHours(-hours):O}'" : "null";
        await city.Database.ExecuteAsync($"update revision set written_at = written_at - interval '2 days' where broadcast_id = '{id}'; update broadcast set state = '{state}', started_at = {startedAt} where id = '{id}'");
        List<long> said = isSaid ? [await NumberAsync(id)] : [];
        (await SeenAsync($" {text}\r\n")).ShouldBe(said);
    }

    [Fact]
    public async Task BRO_1_the_examiner_sees_it_too_and_how_many_share_a_phone_and_nobody_is_warned_of_his_own()
    {
        var unit = await city.AddUnitAsync("SAMA", city.City);
        await city.AddPostAsync(unit, "HeadOfUnit", "Kepala", number: "+628130000777");
        await city.AddPostAsync(unit, "Staff", "Staf", number: "+628130000777");
        var text = $"{NewText}: balas {{kode}} ya";
        var (first, _) = await city.SubmitAsync(await city.WordAsync(await city.RequestAsync(), text, unit));
        var (second, _) = await city.SubmitAsync(await city.WordAsync(await city.RequestAsync(), text, unit));
        var (one, two) = (first.GetProperty("number").GetInt64(), second.GetProperty("number").GetInt64());

        var shown = await city.Chair().GetFromJsonAsync<JsonElement>($"{Flow.PathOf(second)}/examination");
        NumbersOf(shown).ShouldBe([one]);
        shown.GetProperty("shared").GetInt32().ShouldBe(1);
        (await SeenAsync(text)).ShouldBe([two, one]);
        (await SeenAsync(text, first.GetProperty("id").GetString())).ShouldBe([two]);
        // As its wording has it now.
        (await SeenAsync(text.Replace("{kode}", $"KOR{one}", StringComparison.Ordinal), first.GetProperty("id").GetString())).ShouldBe([two]);
        var unknown = await city.Administrator().PostAsJsonAsync($"{Flow.Path}/audience/preview",
            new { audience = new { include = new[] { new { unitId = unit } } }, text, broadcastId = Guid.CreateVersion7() });
        await unknown.ShouldRefuseAsync(HttpStatusCode.BadRequest, "value", "broadcastId");
    }
}
