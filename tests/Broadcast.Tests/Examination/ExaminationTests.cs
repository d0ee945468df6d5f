using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;
using Contracts.Directory;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Examination;

public sealed class ExaminationTests(BroadcastFixture city) : IClassFixture<BroadcastFixture>
{
    private Task<long> DecisionsAsync(JsonElement broadcast) => city.Database.ScalarAsync<long>($"select count(*) from decision where broadcast_id = '{broadcast.GetProperty("id").GetString()}'");

    [Fact]
    public async Task BRO_4_the_chair_approves_exactly_what_is_shown_and_it_is_sealed()
    {
        var submitted = await city.SubmittedAsync();
        using var chair = city.Chair();
        var shown = await chair.GetFromJsonAsync<JsonElement>($"{Flow.PathOf(submitted.Broadcast)}/examination");
        shown.GetProperty("wording").GetProperty("contentHash").GetString().ShouldBe(submitted.Hash);
        shown.GetProperty("mayNot").ValueKind.ShouldBe(JsonValueKind.Null);
        shown.GetProperty("counts").EnumerateArray().Sum(count => count.GetProperty("recipients").GetInt32()).ShouldBe(shown.GetProperty("wording").GetProperty("recipients").GetInt32());
        var approved = await (await city.ApproveAsync(submitted, chair)).BodyAsync();
        approved.State.ShouldBe("Scheduled");
        var details = await chair.GetFromJsonAsync<JsonElement>(Flow.PathOf(approved));
        var decision = details.GetProperty("decisions").EnumerateArray().Single();
        (decision.GetProperty("outcome").GetString(), decision.GetProperty("signedHash").GetString(), decision.GetProperty("actedAs").GetString()).ShouldBe(("Approved", submitted.Hash, "Chair"));
        decision.GetProperty("checklist").GetProperty("isNeutral").GetBoolean().ShouldBeTrue();
        var history = (await chair.GetFromJsonAsync<JsonElement>($"{Flow.PathOf(approved)}/history")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("kind").GetString());
        history.ShouldBe(["ApproveBroadcast", "SubmitBroadcast", "WordBroadcast", "RequestBroadcast"], ignoreOrder: true);

        var id = approved.GetProperty("id").GetString();
        await Eventually.TrueAsync(() => city.Database.ScalarAsync<bool>(
            $"select exists (select from seal join decision on decision.id = entry_id where broadcast_id = '{id}') and not exists (select from unsealed join broadcast_event e on e.id = entry_id where e.broadcast_id = '{id}')"));
        (await city.Services.GetRequiredService<SealVerifier>().VerifyAsync(CancellationToken.None)).FirstFault.ShouldBeNull();
    }

    [Fact]
    public async Task BRO_4_a_list_that_was_altered_behind_our_back_is_not_approved()
    {
        var submitted = await city.SubmittedAsync();
        var id = submitted.Broadcast.GetProperty("id").GetString();
        (await (await city.ApproveAsync((submitted.Broadcast, new string('0', 64)))).CodeAsync()).ShouldBe("content-differs");
        await city.Database.ExecuteAsync($"update recipient set number = '+628139999999' where broadcast_id = '{id}' and official_id = '{city.Mayor.Official}'");
        (await (await city.ApproveAsync(submitted)).CodeAsync()).ShouldBe("content-differs");
        (await DecisionsAsync(submitted.Broadcast)).ShouldBe(0);
        (await city.NowAsync(submitted.Broadcast)).State.ShouldBe("Submitted");
    }

    [Fact]
    public async Task BRO_4_who_worded_or_asked_does_not_examine_not_even_with_another_account()
    {
        // Chair and Administrator in one person.
        using var author = city.As(city.HeadOfWorks, Roles.Administrator, Roles.Chair);
        var submitted = await city.SubmittedAsync(author: author);
        (await (await city.ApproveAsync(submitted, author)).CodeAsync(HttpStatusCode.Forbidden)).ShouldBe("examiner-is-author");
        await city.Database.ExecuteAsync($"update revision set author = 'another account' where broadcast_id = '{submitted.Broadcast.GetProperty("id").GetString()}'");
        (await (await city.ApproveAsync(submitted, author)).CodeAsync(HttpStatusCode.Forbidden)).ShouldBe("examiner-is-author");
        (await (await city.ApproveAsync(submitted, city.As(city.Mayor, Roles.Mayor, Roles.Chair))).CodeAsync(HttpStatusCode.Forbidden)).ShouldBe("examiner-is-originator");
        (await (await city.ApproveAsync(submitted, city.Client(roles: Roles.Secretary))).CodeAsync(HttpStatusCode.Forbidden)).ShouldBe("mandate-missing");
        (await (await city.ApproveAsync(submitted, city.Administrator())).CodeAsync(HttpStatusCode.Forbidden)).ShouldBe("forbidden");

        // Somebody else words it anew: he has had a hand in it all the same, until somebody has decided.
        var again = await city.SubmitAsync(await city.WordAsync(submitted.Broadcast, "kata lain"));
        (await (await city.ApproveAsync(again, author)).CodeAsync(HttpStatusCode.Forbidden)).ShouldBe("examiner-is-author");
        var returned = await (await city.ActAsync(again.Broadcast, "return", city.Chair(), "kurang jelas")).BodyAsync();
        var last = await city.SubmitAsync(await city.WordAsync(returned, "kata yang lain lagi"));
        (await city.ApproveAsync(last, author)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task BRO_4_what_is_reworded_after_it_was_submitted_or_approved_needs_a_new_examination()
    {
        var submitted = await city.SubmittedAsync();
        var reworded = await city.WordAsync(submitted.Broadcast, "diubah");
        reworded.State.ShouldBe("Draft");
        (await (await city.ApproveAsync(submitted)).CodeAsync()).ShouldBe("changed-meanwhile");
        (await (await city.ApproveAsync((reworded, submitted.Hash))).CodeAsync()).ShouldBe("broadcast-not-submitted");
        var again = await city.SubmitAsync(reworded);
        again.Hash.ShouldNotBe(submitted.Hash);
        var approved = await (await city.ApproveAsync(again)).BodyAsync();
        var third = await city.WordAsync(approved, "diubah lagi");
        third.State.ShouldBe("Draft");
        // The old approval stands for the old revision, and for nothing else.
        (await city.Database.ScalarAsync<long>($"select count(*) from decision where broadcast_id = '{third.GetProperty("id").GetString()}' and revision = 3")).ShouldBe(0);
    }

    [Fact]
    public async Task BRO_4_a_returned_wording_is_worded_anew_and_a_rejected_broadcast_is_over()
    {
        var submitted = await city.SubmittedAsync();
        (await (await city.ActAsync(submitted.Broadcast, "return", city.Chair(), " ")).FieldAsync()).ShouldBe("reason");
        var returned = await (await city.ActAsync(submitted.Broadcast, "return", city.Chair(), "kurang jelas")).BodyAsync();
        returned.State.ShouldBe("Draft");
        (await (await city.ActAsync(returned, "submission", city.Administrator())).CodeAsync()).ShouldBe("wording-decided");
        var again = await city.SubmitAsync(await city.WordAsync(returned, "lebih jelas"));
        var rejected = await (await city.ActAsync(again.Broadcast, "rejection", city.Chair(), "tidak perlu")).BodyAsync();
        rejected.State.ShouldBe("Rejected");
        (await (await city.TryWordAsync(rejected)).CodeAsync()).ShouldBe("broadcast-over");
        (await DecisionsAsync(rejected)).ShouldBe(2);
    }

    [Fact]
    public async Task BRO_4_a_submission_is_taken_back_and_submitted_again()
    {
        var submitted = await city.SubmittedAsync();
        var draft = await (await city.ActAsync(submitted.Broadcast, "submission/withdrawal", city.Administrator())).BodyAsync();
        draft.State.ShouldBe("Draft");
        (await (await city.ActAsync(draft, "submission/withdrawal", city.Administrator())).CodeAsync()).ShouldBe("broadcast-not-submitted");
        (await (await city.ApproveAsync((draft, submitted.Hash))).CodeAsync()).ShouldBe("broadcast-not-submitted");
        var again = await city.SubmitAsync(draft);
        (await city.ApproveAsync(again)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task BRO_4_what_is_not_worded_has_no_recipients_or_comes_too_late_is_not_submitted()
    {
        var broadcast = await city.RequestAsync();
        (await (await city.ActAsync(broadcast, "submission", city.Administrator())).CodeAsync()).ShouldBe("not-worded");
        var empty = await city.AddUnitAsync($"KOSONG{Guid.CreateVersion7():n}"[..20], city.City);
        var nobody = await city.WordAsync(broadcast, unit: empty);
        (await (await city.ActAsync(nobody, "submission", city.Administrator())).CodeAsync()).ShouldBe("audience-nobody");
        var worded = await city.WordAsync(nobody);
        await city.Database.ExecuteAsync($"update revision set send_at = '2026-01-05T01:00Z' where broadcast_id = '{worded.GetProperty("id").GetString()}'");
        (await (await city.ActAsync(worded, "submission", city.Administrator())).CodeAsync()).ShouldBe("send-at-past");
        (await city.ActAsync(worded, "submission", city.Chair())).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task BRO_4_the_database_itself_lets_nothing_begin_that_nobody_has_signed()
    {
        async Task<string?> BeginAsync(JsonElement broadcast)
        {
            await using var connection = new NpgsqlConnection(city.Database.Runtime);
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var begin = new NpgsqlCommand($"update broadcast set state = 'Sending' where id = '{broadcast.GetProperty("id").GetString()}'", connection);
            try
            {
                await begin.ExecuteNonQueryAsync();
                return null;
            }
            catch (PostgresException refused)
            {
                return refused.SqlState;
            }
        }

        var submitted = await city.SubmittedAsync();
        (await BeginAsync(submitted.Broadcast)).ShouldBe(PostgresErrorCodes.IntegrityConstraintViolation);
        var approved = await (await city.ApproveAsync(submitted)).BodyAsync();
        (await BeginAsync(approved)).ShouldBeNull();
        var reworded = await city.WordAsync(approved, "diubah");
        (await BeginAsync(reworded)).ShouldBe(PostgresErrorCodes.IntegrityConstraintViolation);
    }

    [Theory]
    [InlineData("isPolite")]
    [InlineData("doesNotDiscriminate")]
    [InlineData("isNeutral")]
    public async Task BRO_5_what_does_not_pass_the_checklist_is_not_approved(string question)
    {
        var (broadcast, hash) = await city.SubmittedAsync();
        var checklist = new Dictionary<string, bool?> { ["isPolite"] = true, ["doesNotDiscriminate"] = true, ["isNeutral"] = true };
        checklist[question] = false;
        var body = new { version = broadcast.Version, contentHash = hash, checklist };
        (await (await city.Chair().PostAsJsonAsync($"{Flow.PathOf(broadcast)}/approval", body)).FieldAsync()).ShouldBe($"checklist.{question}");
        checklist[question] = null;
        (await (await city.Chair().PostAsJsonAsync($"{Flow.PathOf(broadcast)}/approval", body)).FieldAsync()).ShouldBe($"checklist.{question}");
        (await DecisionsAsync(broadcast)).ShouldBe(0);
    }

    [Fact]
    public async Task BRO_5_words_of_the_list_are_shown_where_they_stand_and_a_person_decides_with_a_reason()
    {
        var submitted = await city.SubmittedAsync("Jangan bawa ANJINGnya ke rapat. Kampanyekan: anjingan bukan. Tim  sukses acara hadir.");
        var words = (await city.Chair().GetFromJsonAsync<JsonElement>($"{Flow.PathOf(submitted.Broadcast)}/examination")).GetProperty("words").EnumerateArray()
            .Select(hit => (hit.GetProperty("field").GetString(), hit.GetProperty("start").GetInt32(), hit.GetProperty("length").GetInt32(), hit.GetProperty("concern").GetString())).ToList();
        words.ShouldBe([("text", 12, 9, "Politeness"), ("text", 61, 11, "Neutrality")]);
        (await (await city.ApproveAsync(submitted)).FieldAsync()).ShouldBe("reason");
        var approved = await (await city.ApproveAsync(submitted, reason: "Hewan peliharaan dan panitia acara, bukan partai")).BodyAsync();
        var details = await city.Chair().GetFromJsonAsync<JsonElement>(Flow.PathOf(approved));
        details.GetProperty("decisions").EnumerateArray().Single().GetProperty("reason").GetString()!.ShouldStartWith("Hewan");
    }

    [Fact]
    public async Task BRO_5_a_city_keeps_its_own_words()
    {
        var word = $"kata{Guid.CreateVersion7():n}"[..20];
        Task<HttpResponseMessage> AddAsync(HttpClient by) => by.PostAsJsonAsync($"{Flow.Path}/words", new { word = $"{word}  LAGI", concern = "Politeness" });
        var added = await (await AddAsync(city.Chair())).BodyAsync(HttpStatusCode.Created);
        added.GetProperty("word").GetString().ShouldBe($"{word} lagi");
        (await (await AddAsync(city.Chair())).CodeAsync()).ShouldBe("word-taken");
        (await AddAsync(city.Administrator())).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await (await city.Chair().PostAsJsonAsync($"{Flow.Path}/words", new { word = "a!", concern = "Politeness" })).FieldAsync()).ShouldBe("word");
        var removed = await city.Chair().DeleteAsync($"{Flow.Path}/words/{added.GetProperty("id").GetString()}");
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await city.Chair().DeleteAsync($"{Flow.Path}/words/{added.GetProperty("id").GetString()}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await AddAsync(city.Chair())).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task BRO_4_where_the_city_does_not_want_it_no_mandate_is_given()
    {
        var answer = await city.Chair().PostAsJsonAsync($"{Flow.Path}/mandates",
            new { officialId = city.HealthClerk.Official, from = "2026-01-01T00:00:00Z", to = "2026-02-01T00:00:00Z", reason = "cuti" });
        (await answer.CodeAsync()).ShouldBe("mandates-off");

        // One of the time when the city wanted it.
        await city.Database.ExecuteAsync($"""
            insert into examination_mandate (id, official_id, valid_from, valid_to, reason, given_by, given_at, version)
            values (gen_random_uuid(), '{city.HealthClerk.Official}', '2026-01-01', '2026-02-01', 'cuti', 'test', now(), 1)
            """);
        var submitted = await city.SubmittedAsync();
        (await (await city.ApproveAsync(submitted, city.As(city.HealthClerk, Roles.Secretary))).CodeAsync(HttpStatusCode.Forbidden)).ShouldBe("mandate-missing");
        await city.Bus.GetAsync<TellResponsible>(told => told.Text.Contains($" {submitted.Broadcast.GetProperty("number").GetInt64()} ", StringComparison.Ordinal));
    }
}
