using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Requests;

public sealed class RequestTests(BroadcastFixture city) : IClassFixture<BroadcastFixture>
{
    private static object Wish(string? subject = "Rapat", string? kind = "Information", string? text = "Undang mereka", Guid? correctsId = null) => new { subject, kind, text, correctsId };

    [Fact]
    public async Task BRO_3_mayor_and_regional_secretary_ask_by_their_post_others_by_a_letter_in_force()
    {
        (await city.RequestAsync()).GetProperty("originatorBasis").GetString().ShouldBe("Mayor");
        (await city.RequestAsync(by: city.As(city.RegionalSecretary, Roles.RegionalSecretary))).GetProperty("originatorBasis").GetString().ShouldBe("RegionalSecretary");
        (await (await city.As(city.HeadOfWorks).PostAsJsonAsync(Flow.Path, Wish())).CodeAsync()).ShouldBe("authority-missing");
        await city.LetterAsync(city.HeadOfWorks.Official, kinds: "{Question}");
        (await (await city.As(city.HeadOfWorks).PostAsJsonAsync(Flow.Path, Wish())).CodeAsync()).ShouldBe("authority-missing");
        await city.LetterAsync(city.HeadOfWorks.Official, to: "2026-01-05T01:59:59Z");
        (await (await city.As(city.HeadOfWorks).PostAsJsonAsync(Flow.Path, Wish())).CodeAsync()).ShouldBe("authority-missing");
        var letter = await city.LetterAsync(city.HeadOfWorks.Official);
        var broadcast = await (await city.As(city.HeadOfWorks).PostAsJsonAsync(Flow.Path, Wish())).BodyAsync(HttpStatusCode.Created);
        broadcast.GetProperty("originatorBasis").GetString().ShouldBe("Letter");
        var details = await city.As(city.HeadOfWorks).GetFromJsonAsync<JsonElement>(Flow.PathOf(broadcast));
        details.GetProperty("letterId").GetString().ShouldBe(letter);
        details.GetProperty("request").GetString().ShouldBe("Undang mereka");
    }

    [Fact]
    public async Task BRO_3_a_letter_that_was_revoked_or_does_not_cover_the_audience_stops_the_submission()
    {
        var letter = await city.LetterAsync(city.HeadOfHealth.Official, unit: city.Health);
        var broadcast = await city.RequestAsync(by: city.As(city.HeadOfHealth));
        var everybody = await city.WordAsync(broadcast);
        (await (await city.ActAsync(everybody, "submission", city.Administrator())).CodeAsync()).ShouldBe("audience-outside-letter");
        (await city.Database.ScalarAsync<long>($"select count(*) from recipient where broadcast_id = '{broadcast.GetProperty("id").GetString()}'")).ShouldBe(0);
        var own = await city.WordAsync(everybody, unit: city.Health);
        await city.RevokeAsync(letter);
        (await (await city.ActAsync(own, "submission", city.Administrator())).CodeAsync()).ShouldBe("authority-missing");
        await city.LetterAsync(city.HeadOfHealth.Official, unit: city.Health);
        var (submitted, _) = await city.SubmitAsync(own);
        submitted.State.ShouldBe("Submitted");
    }

    [Theory]
    [InlineData("""{"subject":"","kind":"Information","text":"a"}""", "subject")]
    [InlineData("""{"subject":"a\nb","kind":"Information","text":"a"}""", "subject")]
    [InlineData("""{"subject":"a","text":"a"}""", "kind")]
    [InlineData("""{"subject":"a","kind":"Other","text":"a"}""", "kind")]
    [InlineData("""{"subject":"a","kind":"Information","text":" "}""", "text")]
    [InlineData("""{"subject":"a","kind":"Information","text":"a","correctsId":"019aa7a4-0000-7000-8000-000000000000"}""", "correctsId")]
    public async Task BRO_2_a_request_that_makes_no_sense_is_refused_with_its_field(string request, string field)
    {
        using var body = new StringContent(request, System.Text.Encoding.UTF8, "application/json");
        (await (await city.As(city.Mayor, Roles.Mayor).PostAsync(Flow.Path, body)).FieldAsync()).ShouldBe(field);
    }

    [Fact]
    public async Task BRO_3_who_may_read_all_reads_all_and_others_what_they_asked_for()
    {
        await city.LetterAsync(city.HealthClerk.Official);
        var (own, other) = (await city.RequestAsync(by: city.As(city.HealthClerk)), await city.RequestAsync());
        (await city.As(city.HealthClerk).GetAsync(Flow.PathOf(other))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await city.As(city.HealthClerk).GetAsync($"{Flow.PathOf(other)}/history")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await city.As(city.HealthClerk).GetAsync($"{Flow.PathOf(other)}/revisions")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var listed = await city.As(city.HealthClerk).GetFromJsonAsync<JsonElement>($"{Flow.Path}?state=Draft");
        listed.GetProperty("items").EnumerateArray().ShouldAllBe(item => item.GetProperty("originatorId").GetGuid() == city.HealthClerk.Official);
        listed.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()).ShouldContain(own.GetProperty("id").GetString());
        var all = await city.As(city.RegionalSecretary, Roles.RegionalSecretary).GetFromJsonAsync<JsonElement>(Flow.Path);
        all.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()).ShouldContain(own.GetProperty("id").GetString());
        (await (await city.Chair().GetAsync($"{Flow.Path}?cursor=x")).FieldAsync()).ShouldBe("cursor");
    }

    [Fact]
    public async Task BRO_9_who_acted_is_shown_by_name_and_one_of_whom_nothing_is_known_hides_nothing()
    {
        var asked = await city.RequestAsync();
        asked.GetProperty("originatorName").GetString().ShouldBe(city.Mayor.Name);
        var wording = await (await city.TryWordAsync(asked, by: city.As(city.HealthClerk, Roles.Administrator))).BodyAsync();
        wording.GetProperty("revision").GetProperty("authorName").GetString().ShouldBe(city.HealthClerk.Name);
        var submitted = await city.SubmitAsync(wording.GetProperty("broadcast"));
        (await (await city.ApproveAsync(submitted, city.As(city.HeadOfWorks, Roles.Chair))).BodyAsync()).GetProperty("originatorName").GetString().ShouldBe(city.Mayor.Name);
        var details = await city.Chair().GetFromJsonAsync<JsonElement>(Flow.PathOf(asked));
        (details.GetProperty("broadcast").GetProperty("originatorName").GetString(), details.GetProperty("wording").GetProperty("authorName").GetString(),
            details.GetProperty("decisions")[0].GetProperty("name").GetString()).ShouldBe((city.Mayor.Name, city.HealthClerk.Name, city.HeadOfWorks.Name));

        // The copy of the directory has not heard of him.
        await city.Database.ExecuteAsync($"update broadcast set originator_id = '{Guid.CreateVersion7()}' where id = '{asked.GetProperty("id").GetGuid()}'");
        (await OnlyAsync($"number={asked.GetProperty("number").GetInt64()}")).GetProperty("originatorName").ValueKind.ShouldBe(JsonValueKind.Null);
        (await city.NowAsync(asked)).GetProperty("originatorName").ValueKind.ShouldBe(JsonValueKind.Null);
        (await (await city.Chair().GetAsync($"{Flow.Path}?number=x")).FieldAsync()).ShouldBe("number");
        (await city.Chair().GetFromJsonAsync<JsonElement>($"{Flow.Path}?number=999999999")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    private async Task<JsonElement> OnlyAsync(string filter) =>
        (await city.Chair().GetFromJsonAsync<JsonElement>($"{Flow.Path}?{filter}")).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();

    [Fact]
    public async Task BRO_3_the_originator_takes_back_what_nobody_has_approved()
    {
        using var mayor = city.As(city.Mayor, Roles.Mayor);
        var (broadcast, hash) = await city.SubmittedAsync();
        (await city.ActAsync(broadcast, "withdrawal", city.As(city.RegionalSecretary, Roles.RegionalSecretary), "bukan saya")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await city.ActAsync(broadcast, "withdrawal", mayor, " ")).FieldAsync()).ShouldBe("reason");
        (await (await city.ActAsync(broadcast, "withdrawal", mayor, "batal")).BodyAsync()).State.ShouldBe("Cancelled");
        (await (await city.ActAsync(broadcast, "withdrawal", mayor, "batal")).CodeAsync()).ShouldBe("changed-meanwhile");
        (await (await city.ApproveAsync((await city.NowAsync(broadcast), hash))).CodeAsync()).ShouldBe("broadcast-not-submitted");
        var approved = await (await city.ApproveAsync(await city.SubmittedAsync())).BodyAsync();
        (await (await city.ActAsync(approved, "withdrawal", mayor, "batal")).CodeAsync()).ShouldBe("broadcast-approved");
        var rejected = await (await city.ActAsync((await city.SubmittedAsync()).Broadcast, "rejection", city.Chair(), "tidak perlu")).BodyAsync();
        (await (await city.ActAsync(rejected, "withdrawal", mayor, "batal")).CodeAsync()).ShouldBe("broadcast-over");
    }

    [Fact]
    public async Task BRO_3_a_request_that_is_repeated_with_its_key_is_one()
    {
        using var mayor = city.As(city.Mayor, Roles.Mayor);
        mayor.DefaultRequestHeaders.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        var answers = await Task.WhenAll(mayor.PostAsJsonAsync(Flow.Path, Wish()), mayor.PostAsJsonAsync(Flow.Path, Wish()));
        var ids = await Task.WhenAll(answers.Select(async answer => (await answer.BodyAsync(HttpStatusCode.Created)).GetProperty("id").GetString()));
        ids.Distinct().ShouldHaveSingleItem();
    }
}
