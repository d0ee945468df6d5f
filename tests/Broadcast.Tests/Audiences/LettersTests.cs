using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Broadcast.Audiences;
using Broadcast.Storage;
using Broadcast.Tests.Testing;
using Contracts.Directory;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Audiences;

public sealed class LettersTests(BroadcastFixture fixture) : IClassFixture<BroadcastFixture>
{
    private const string Letters = "/api/broadcasts/letters";
    private static readonly byte[] Pdf = [.. "%PDF-1.7 surat"u8];
    private static int _number;

    private DateTimeOffset Now => fixture.Clock.GetUtcNow();

    private HttpClient Administrator => field ??= fixture.Client(roles: Roles.Administrator);

    [Fact]
    public async Task BRO_3_a_written_authority_is_recorded_with_its_scan_and_shown_to_the_secretariat()
    {
        var letter = await RegisterAsync(new { document = Pdf, kinds = new[] { "Question", "Question" }, unitIds = new[] { fixture.Health } });
        var id = letter.GetProperty("id").GetGuid();
        letter.GetProperty("grantedAs").GetString().ShouldBe("Mayor");
        letter.GetProperty("kinds").EnumerateArray().ShouldHaveSingleItem().GetString().ShouldBe("Question");
        Convert.FromBase64String(letter.GetProperty("documentSha256").GetString()!).ShouldBe(SHA256.HashData(Pdf));

        using var chair = fixture.Client(roles: Roles.Chair);
        (await chair.GetFromJsonAsync<JsonElement>($"{Letters}/{id}")).GetProperty("reference").GetString().ShouldBe(letter.GetProperty("reference").GetString());
        var scan = await chair.GetAsync($"{Letters}/{id}/document");
        (scan.Content.Headers.ContentType!.MediaType, scan.Content.Headers.ContentDisposition!.DispositionType, scan.Headers.GetValues("X-Content-Type-Options").Single())
            .ShouldBe(("application/pdf", "attachment", "nosniff"));
        (await scan.Content.ReadAsByteArrayAsync()).ShouldBe(Pdf);
        (await fixture.Bus.GetAsync<WriteToAuditTrail>(entry => entry.SubjectId == id)).Act.ShouldBe("RegisterLetter");

        (await chair.PostAsJsonAsync(Letters, new { })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await fixture.Client(fixture.HeadOfHealth.Official).GetAsync(Letters)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await (await chair.GetAsync($"{Letters}/{Guid.CreateVersion7()}/document")).ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task BRO_3_without_post_or_letter_nobody_originates_and_a_letter_counts_for_its_kinds_and_its_time()
    {
        var official = (await fixture.AddPostAsync(fixture.Health, "Staff", "Staf")).Official;
        Task<Authority?> FindAsync(Guid who, BroadcastKind kind, DateTimeOffset at) => fixture.InScopeAsync(db => Authority.FindAsync(db, who, kind, at, CancellationToken.None));
        (await FindAsync(fixture.Mayor.Official, BroadcastKind.Question, Now)).ShouldBe(new(OriginatorBasis.Mayor, null));
        (await FindAsync(fixture.RegionalSecretary.Official, BroadcastKind.Question, Now)).ShouldBe(new(OriginatorBasis.RegionalSecretary, null));
        (await FindAsync(official, BroadcastKind.Question, Now)).ShouldBeNull();

        var letter = await RegisterAsync(new { officialId = official, kinds = new[] { "Question" }, validFrom = Now.AddDays(1), validTo = Now.AddDays(2) });
        var found = new Authority(OriginatorBasis.Letter, letter.GetProperty("id").GetGuid());
        (await FindAsync(official, BroadcastKind.Question, Now)).ShouldBeNull();
        (await FindAsync(official, BroadcastKind.Question, Now.AddDays(1))).ShouldBe(found);
        (await FindAsync(official, BroadcastKind.Invitation, Now.AddDays(1))).ShouldBeNull();
        (await FindAsync(official, BroadcastKind.Question, Now.AddDays(2))).ShouldBeNull();

        await (await Administrator.PostAsJsonAsync($"{Letters}/{found.LetterId}/revocation", new { reason = "Dicabut", version = 1 })).ShouldBeOkAsync();
        (await FindAsync(official, BroadcastKind.Question, Now.AddDays(1))).ShouldBeNull();
    }

    [Fact]
    public async Task BRO_3_a_letter_covers_only_recipients_below_its_units()
    {
        var unit = await fixture.AddUnitAsync("CAKUP", fixture.Health);
        var inside = await fixture.AddPostAsync(unit, "Staff", "Staf");
        var letter = (await RegisterAsync(new { unitIds = new[] { fixture.Health } })).GetProperty("id").GetGuid();
        var everywhere = (await RegisterAsync(new { })).GetProperty("id").GetGuid();
        async Task<bool> CoversAsync(Guid by, params AudienceRule[] rules)
        {
            var (id, _) = await fixture.FreezeAsync(new() { Include = rules });
            return await fixture.InScopeAsync(db => Authority.CoversAsync(db, by, id, 1, Now, CancellationToken.None));
        }

        (await CoversAsync(letter, new AudienceRule { UnitId = unit }, new AudienceRule { OfficialIds = [fixture.HeadOfHealth.Official] })).ShouldBeTrue();
        (await CoversAsync(letter, new AudienceRule { PositionIds = [inside.Position, fixture.HeadOfWorks.Position] })).ShouldBeFalse();
        (await CoversAsync(letter, new AudienceRule { OfficialIds = [fixture.HeadOfWorks.Official] })).ShouldBeFalse();
        (await CoversAsync(everywhere, new AudienceRule { OfficialIds = [fixture.HeadOfWorks.Official] })).ShouldBeTrue();
    }

    [Fact]
    public async Task BRO_3_of_two_who_revoke_one_is_told_and_a_revoked_letter_can_be_recorded_anew()
    {
        var letter = await RegisterAsync(new { reference = "800/REV/2026" });
        var id = letter.GetProperty("id").GetGuid();
        await (await PostAsync(new { reference = "800/REV/2026" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "letter-registered");
        var revocation = new { reason = "Mutasi", version = letter.GetProperty("version").GetInt64() };
        var answers = await Task.WhenAll(Administrator.PostAsJsonAsync($"{Letters}/{id}/revocation", revocation), Administrator.PostAsJsonAsync($"{Letters}/{id}/revocation", revocation));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        var refused = await answers.Single(answer => answer.StatusCode != HttpStatusCode.OK).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        refused.GetProperty("current").GetProperty("revokedReason").GetString().ShouldBe("Mutasi");
        await (await Administrator.PostAsJsonAsync($"{Letters}/{id}/revocation", new { reason = "Lagi", version = 2 })).ShouldRefuseAsync(HttpStatusCode.Conflict, "letter-revoked");
        await RegisterAsync(new { reference = "800/REV/2026" });

        await Should.ThrowAsync<Exception>(() => fixture.InScopeAsync(db => db.Database.ExecuteSqlAsync($"update authorization_letter set valid_to = now() where id = {id}")));
    }

    [Fact]
    public async Task BRO_3_what_a_letter_must_say_is_refused_by_field()
    {
        await Refuses(new { officialId = Guid.CreateVersion7() }, "official-not-registered", "officialId");
        await Refuses(new { grantedByOfficialId = fixture.HeadOfHealth.Official }, "letter-granter", "grantedByOfficialId");
        await Refuses(new { officialId = fixture.Mayor.Official }, "letter-granter", "grantedByOfficialId");
        await Refuses(new { validTo = Now.AddYears(6) }, "letter-period", "validTo");
        await Refuses(new { validFrom = Now.AddDays(-2), validTo = Now.AddDays(-1) }, "letter-period", "validTo");
        await Refuses(new { validFrom = "9990-01-01T00:00:00Z", validTo = "9998-12-31T00:00:00Z" }, "letter-period", "validTo");
        await RegisterAsync(new { validFrom = "9997-01-01T00:00:00Z", validTo = "9998-12-31T00:00:00Z" });
        await Refuses(new { unitIds = new[] { Guid.CreateVersion7() } }, "unit-unknown", "unitIds");
        await Refuses(new { document = "MZ program"u8.ToArray() }, "letter-document", "document");
        await Refuses(new { document = (byte[])[.. Pdf, .. new byte[2 * 1024 * 1024]] }, "letter-document", "document");
        await Refuses(new { reference = "\n" }, "invalid", "reference");
        await Refuses(new { subject = new string('x', 201) }, "invalid", "subject");
        await Refuses(new { kinds = new[] { "Greeting" } }, "json", "kinds[0]");
        await (await Administrator.GetAsync($"{Letters}?cursor=x")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "cursor", "cursor");
        async Task Refuses(object wrong, string code, string field) => await (await PostAsync(wrong)).ShouldRefuseAsync(HttpStatusCode.BadRequest, code, field);
    }

    [Fact]
    public async Task BRO_3_the_granter_held_his_office_when_the_authority_began()
    {
        var former = await fixture.AddPostAsync(fixture.City, "RegionalSecretary", "Sekda lama", to: Now.AddDays(-10));
        await (await PostAsync(new { grantedByOfficialId = former.Official })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "letter-granter", "grantedByOfficialId");
        (await RegisterAsync(new { grantedByOfficialId = former.Official, validFrom = Now.AddDays(-20) })).GetProperty("grantedAs").GetString().ShouldBe("RegionalSecretary");
    }

    [Fact]
    public async Task BRO_3_letters_are_listed_by_page_last_first_and_by_whose_they_are()
    {
        var official = (await fixture.AddPostAsync(fixture.Works, "Staff", "Staf")).Official;
        var registered = new List<Guid>();
        for (var n = 0; n < 52; n++)
            registered.Insert(0, (await RegisterAsync(new { officialId = official })).GetProperty("id").GetGuid());
        var first = await Administrator.GetFromJsonAsync<JsonElement>($"{Letters}?official={official}&inForce=true");
        var second = await Administrator.GetFromJsonAsync<JsonElement>($"{Letters}?official={official}&cursor={first.GetProperty("next").GetString()}");
        first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).Select(item => item.GetProperty("id").GetGuid()).ShouldBe(registered, ignoreOrder: true);
        second.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    /// <summary>A letter of the Mayor for the head of health, but for what is given.</summary>
    private async Task<HttpResponseMessage> PostAsync(object but)
    {
        var letter = new Dictionary<string, object?>
        {
            ["officialId"] = fixture.HeadOfHealth.Official,
            ["grantedByOfficialId"] = fixture.Mayor.Official,
            ["reference"] = $"800/{Interlocked.Increment(ref _number)}/2026",
            ["subject"] = "Pelimpahan wewenang",
            ["validFrom"] = Now,
            ["validTo"] = Now.AddMonths(6),
        };
        foreach (var member in but.GetType().GetProperties())
            letter[member.Name] = member.GetValue(but);
        return await Administrator.PostAsJsonAsync(Letters, letter);
    }

    private async Task<JsonElement> RegisterAsync(object but)
    {
        var answer = await PostAsync(but);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
