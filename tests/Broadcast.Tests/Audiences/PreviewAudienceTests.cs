using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Audiences;

/// <summary>With a price for each segment.</summary>
public sealed class PricedFixture : BroadcastFixture
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [.. base.Settings, new("Broadcast:PricePerSegment", "250.5")];
}

public sealed class PreviewAudienceTests(PricedFixture fixture) : IClassFixture<PricedFixture>
{
    private const string Preview = "/api/broadcasts/audience/preview";

    private HttpClient Administrator => field ??= fixture.Client(roles: Roles.Administrator);

    [Fact]
    public async Task BRO_1_before_anything_is_sent_it_is_seen_whom_rules_reach_how_many_segments_that_is_and_what_it_costs()
    {
        var unit = await fixture.AddUnitAsync("PRATINJAU", fixture.City);
        var head = await fixture.AddPostAsync(unit, "HeadOfUnit", "Kepala", number: "+628130000555");
        await fixture.AddPostAsync(unit, "Staff", "Staf", number: "+628130000555");
        await fixture.AddPostAsync(unit, "Staff", "Staf", number: "");
        await fixture.AddPostAsync(unit, "Staff", "Staf");
        var answer = await (await PostAsync(new { include = new[] { new { unitId = unit } } }, "{nama} " + new string('x', 150))).ShouldBeOkAsync();

        (answer.GetProperty("persons").GetInt32(), answer.GetProperty("recipients").GetInt32(), answer.GetProperty("shared").GetInt32()).ShouldBe((4, 2, 1));
        answer.GetProperty("skipped").EnumerateObject().Select(reason => (reason.Name, reason.Value.GetInt32())).ShouldBe([("no-number", 1), ("same-number", 1)]);
        var segments = answer.GetProperty("segments");
        (segments.GetProperty("least").GetInt32(), segments.GetProperty("most").GetInt32(), segments.GetProperty("average").GetDouble(), segments.GetProperty("total").GetInt32()).ShouldBe((1, 2, 1.5, 3));
        answer.GetProperty("price").GetDecimal().ShouldBe(751.5m);
        var first = answer.GetProperty("firstPage")[0];
        (first.GetProperty("officialId").GetGuid(), first.GetProperty("number").GetString(), first.GetProperty("isShared").GetBoolean()).ShouldBe((head.Official, "+62813••••555", true));
        first.GetProperty("reasons").EnumerateArray().ShouldHaveSingleItem().GetString().ShouldBe("unit:PRATINJAU");
        answer.GetRawText().ShouldNotContain("+628130000555");
        (await fixture.Database.ScalarAsync<long>("select count(*) from recipient where broadcast_id is null")).ShouldBe(0);
    }

    [Fact]
    public async Task BRO_1_the_very_same_text_within_a_day_is_said_before_it_is_sent_again()
    {
        var text = $"Apel pagi {Guid.CreateVersion7()}";
        var (id, _) = await fixture.FreezeAsync(new() { Include = [new() { OfficialIds = [fixture.Mayor.Official] }] }, text);
        var number = await fixture.Database.ScalarAsync<long>($"select number from broadcast where id = '{id}'");
        var answer = await (await PostAsync(new { include = new[] { new { officialIds = new[] { fixture.HeadOfWorks.Official } } } }, text)).ShouldBeOkAsync();
        answer.GetProperty("sameText").EnumerateArray().ShouldHaveSingleItem().GetInt64().ShouldBe(number);
    }

    [Fact]
    public async Task BRO_1_rules_that_say_nothing_or_name_what_is_not_there_are_refused_by_field()
    {
        await Refuses(new { include = Array.Empty<object>() }, "audience-empty", "audience.include");
        await Refuses(new { include = new object[] { new { } } }, "audience-rule-empty", "audience.include[0]");
        await Refuses(new { include = new object?[] { null } }, "audience-rule-empty", "audience.include[0]");
        await Refuses(new { include = new object[] { new { grades = Array.Empty<string>() } } }, "audience-rule-empty", "audience.include[0]");
        await Refuses(new { include = new object[] { new { unitId = fixture.City }, new { unitId = Guid.CreateVersion7() } } }, "unit-unknown", "audience.include[1].unitId");
        await Refuses(new { include = new object[] { new { listId = Guid.CreateVersion7() } } }, "recipient-list-unknown", "audience.include[0].listId");
        await Refuses(new { include = new object[] { new { positionKinds = new[] { "King" } } } }, "position-kind-unknown", "audience.include[0].positionKinds");
        await Refuses(new { include = new object[] { new { grades = new[] { "II\0b" } } } }, "value", "audience.include[0].grades");
        await Refuses(new { include = new object[] { new { positionIds = new[] { Guid.CreateVersion7() } } } }, "position-unknown", "audience.include[0].positionIds");
        await Refuses(new { include = new object[] { new { unitId = fixture.City } }, exclude = new object[] { new { officialIds = new[] { Guid.CreateVersion7() } } } },
            "official-not-registered", "audience.exclude[0].officialIds");
        await Refuses(new { include = Enumerable.Repeat(new { unitId = fixture.City }, 51) }, "invalid", "audience.include");
        await (await Administrator.PostAsJsonAsync(Preview, new { })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "required", "audience");
        (await fixture.Client(fixture.Mayor.Official, roles: Roles.Mayor).PostAsJsonAsync(Preview, new { })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        async Task Refuses(object audience, string code, string field) => await (await PostAsync(audience, null)).ShouldRefuseAsync(HttpStatusCode.BadRequest, code, field);
    }

    [Fact]
    public async Task BRO_6_the_list_of_a_broadcast_is_read_by_page_with_masked_numbers_by_who_may()
    {
        var unit = await fixture.AddUnitAsync("HALAMAN", fixture.City);
        var posts = new List<Post>();
        for (var n = 0; n < 52; n++)
            posts.Add(await fixture.AddPostAsync(unit, "Staff", "Staf", number: n == 0 ? "" : null));
        var (id, _) = await fixture.FreezeAsync(new() { Include = [new() { UnitId = unit }] });
        using var mayor = fixture.Client(fixture.Mayor.Official, roles: Roles.Mayor);

        var first = await mayor.GetFromJsonAsync<JsonElement>($"/api/broadcasts/{id}/recipients");
        var second = await mayor.GetFromJsonAsync<JsonElement>($"/api/broadcasts/{id}/recipients?cursor={first.GetProperty("next").GetString()}");
        var items = first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).ToList();
        items.Select(item => item.GetProperty("officialId").GetGuid()).ShouldBe(posts.Select(post => post.Official), ignoreOrder: true);
        items.Where(item => item.GetProperty("number").GetString() is not null).ShouldAllBe(item => item.GetProperty("number").GetString()!.Contains("••••"));
        var skipped = await mayor.GetFromJsonAsync<JsonElement>($"/api/broadcasts/{id}/recipients?state=Skipped&skipReason=no-number");
        skipped.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("officialId").GetGuid().ShouldBe(posts[0].Official);
        (await mayor.GetFromJsonAsync<JsonElement>($"/api/broadcasts/{id}/recipients?revision=2")).GetProperty("items").GetArrayLength().ShouldBe(0);

        await (await fixture.Client(fixture.HeadOfHealth.Official).GetAsync($"/api/broadcasts/{id}/recipients")).ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");
        (await fixture.Client(roles: Roles.Chair).GetAsync($"/api/broadcasts/{id}/recipients")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await mayor.GetAsync($"/api/broadcasts/{id}/recipients?state=Lost")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "value", "state");
        await (await mayor.GetAsync($"/api/broadcasts/{id}/recipients?cursor=x")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "cursor", "cursor");
    }

    private Task<HttpResponseMessage> PostAsync(object audience, string? text) => Administrator.PostAsJsonAsync(Preview, new { audience, text });
}
