using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Examination;

/// <summary>Between the submission and the word that lets it go, the originator's authority can end.</summary>
public sealed class AuthorityTests(BroadcastFixture city) : IClassFixture<BroadcastFixture>
{
    /// <summary>To the department of health, asked for by its head under a letter for it.</summary>
    private async Task<((JsonElement Broadcast, string Hash) Submitted, string Letter)> SubmittedAsync(bool isEmergency)
    {
        var letter = await city.LetterAsync(city.HeadOfHealth.Official, unit: city.Health);
        var broadcast = await city.RequestAsync(isEmergency: isEmergency, by: city.As(city.HeadOfHealth));
        return (await city.SubmitAsync(await city.WordAsync(broadcast, unit: city.Health)), letter);
    }

    private Task<HttpResponseMessage> DecideAsync((JsonElement, string) submitted, bool isEmergency) =>
        isEmergency ? Flow.ReleaseAsync(submitted, city.As(city.Mayor, Roles.Mayor)) : city.ApproveAsync(submitted);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BRO_3_what_nobody_has_authority_for_any_more_does_not_go(bool isEmergency)
    {
        var (submitted, letter) = await SubmittedAsync(isEmergency);
        await city.RevokeAsync(letter);
        (await (await DecideAsync(submitted, isEmergency)).CodeAsync()).ShouldBe("authority-missing");
        var other = await city.LetterAsync(city.HeadOfHealth.Official, unit: city.Works);
        (await (await DecideAsync(submitted, isEmergency)).CodeAsync()).ShouldBe("audience-outside-letter");
        (await city.NowAsync(submitted.Broadcast)).State.ShouldBe("Submitted");
        (await city.Database.ScalarAsync<long>($"select count(*) from decision where broadcast_id = '{submitted.Broadcast.GetProperty("id").GetString()}'")).ShouldBe(0);
        await city.RevokeAsync(other);

        var covers = await city.LetterAsync(city.HeadOfHealth.Official, unit: city.City);
        (await (await DecideAsync(submitted, isEmergency)).BodyAsync()).State.ShouldBe("Scheduled");
        (await city.Chair().GetFromJsonAsync<JsonElement>(Flow.PathOf(submitted.Broadcast))).GetProperty("letterId").GetString().ShouldBe(covers);
        await city.RevokeAsync(covers);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BRO_3_a_later_letter_for_other_units_takes_nothing_from_the_one_that_covers(bool isSubmitted)
    {
        var letter = await city.LetterAsync(city.HeadOfHealth.Official, unit: city.Health);
        var broadcast = await city.RequestAsync(by: city.As(city.HeadOfHealth));
        var worded = await city.WordAsync(broadcast, unit: city.Health);
        var submitted = isSubmitted ? await city.SubmitAsync(worded) : default;
        var other = await city.LetterAsync(city.HeadOfHealth.Official, unit: city.Works, to: "2027-12-31");
        submitted = isSubmitted ? submitted : await city.SubmitAsync(worded);
        (await (await city.ApproveAsync(submitted)).BodyAsync()).State.ShouldBe("Scheduled");
        (await city.Chair().GetFromJsonAsync<JsonElement>(Flow.PathOf(submitted.Broadcast))).GetProperty("letterId").GetString().ShouldBe(letter);
        await city.RevokeAsync(letter);
        await city.RevokeAsync(other);
    }

    [Fact]
    public async Task BRO_3_who_moved_out_of_the_letters_units_since_is_for_the_sending_moment()
    {
        var (submitted, letter) = await SubmittedAsync(isEmergency: false);
        await city.Database.ExecuteAsync($"update organisation.position set unit_id = '{city.Works}' where id = '{city.HealthClerk.Position}'");
        (await (await city.ApproveAsync(submitted)).BodyAsync()).State.ShouldBe("Scheduled");
        await city.Database.ExecuteAsync($"update organisation.position set unit_id = '{city.HealthSection}' where id = '{city.HealthClerk.Position}'");
        await city.RevokeAsync(letter);
    }
}
