using System.Net;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Testing;
using Npgsql;

namespace Directory.Tests.Organisation;

public sealed class KeywordTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private DateTimeOffset Now => directory.Clock.GetUtcNow();

    [Fact]
    public async Task DIR_4_a_keyword_entered_ahead_is_told_with_its_instant_and_the_old_one_goes_on_as_an_alias()
    {
        var (old, next, midnight) = (DirectoryFixture.Fresh("LAMA"), DirectoryFixture.Fresh("BARU"), Now.AddDays(10));
        var position = await directory.PositionAsync(old);

        (await SetAsync(position, 1, next, midnight, keepOldAsAlias: true).DoneAsync()).String("keyword").ShouldBe(old);

        var told = await directory.Bus.GetAsync<PositionChanged>(changed => changed.PositionId == position.Id() && changed.Version == 2);
        told.Keyword.ShouldBe(old);
        told.Keywords!.Select(word => (word.Word, word.Kind, word.From, word.To)).ShouldBe(
            [(old, KeywordKind.Primary, Now, midnight), (next, KeywordKind.Primary, midnight, null), (old, KeywordKind.Alias, midnight, null)], ignoreOrder: true);
        (await WordsAsync(position, midnight.AddSeconds(-1))).ShouldBe([$"{old} Primary"]);
        (await WordsAsync(position, midnight)).ShouldBe([$"{old} Alias", $"{next} Primary"], ignoreOrder: true);
    }

    [Fact]
    public async Task DIR_4_what_the_administrator_says_last_cancels_what_was_entered_ahead()
    {
        var (old, next) = (DirectoryFixture.Fresh("LAMA"), DirectoryFixture.Fresh("BARU"));
        var position = await directory.PositionAsync(old);
        await SetAsync(position, 1, next, Now.AddDays(10)).DoneAsync();

        await SetAsync(position, 2, old).DoneAsync();

        (await WordsAsync(position, Now.AddDays(20))).ShouldBe([$"{old} Primary"]);
        (await directory.Bus.GetAsync<PositionChanged>(changed => changed.PositionId == position.Id() && changed.Version == 3))
            .Keywords!.ShouldNotContain(word => word.Word == next);
        // What never was valid does not rest.
        await SetAsync(await directory.PositionAsync(), 1, next).DoneAsync();
    }

    [Fact]
    public async Task DIR_4_a_position_has_aliases_and_misspellings_and_each_word_is_one_positions()
    {
        var (keyword, alias, wrong) = (DirectoryFixture.Fresh("DINKES"), DirectoryFixture.Fresh("SEHAT"), DirectoryFixture.Fresh("DINKS"));
        var (position, other) = (await directory.PositionAsync(keyword), await directory.PositionAsync());

        (await AddAsync(position, 1, alias.ToLowerInvariant(), "Alias")).StatusCode.ShouldBe(HttpStatusCode.Created);
        await AddAsync(position, 2, wrong, "Misspelling").DoneAsync();

        (await directory.Bus.GetAsync<PositionChanged>(changed => changed.PositionId == position.Id() && changed.Version == 3))
            .Keywords!.Select(word => word.Word).ShouldBe([keyword, alias, wrong], ignoreOrder: true);
        foreach (var word in new[] { keyword, alias, wrong })
        {
            await (await AddAsync(other, 1, word, "Alias")).ShouldRefuseAsync(HttpStatusCode.Conflict, "keyword-taken");
            await (await SetAsync(other, 1, word)).ShouldRefuseAsync(HttpStatusCode.Conflict, "keyword-taken");
        }

        await (await AddAsync(position, 3, keyword, "Alias")).ShouldRefuseAsync(HttpStatusCode.Conflict, "keyword-taken");
        await (await AddAsync(position, 2, "LAIN", "Alias")).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        directory.Bus.Received<PositionChanged>().ShouldNotContain(changed => changed.PositionId == other.Id() && changed.Version > 1);
    }

    [Fact]
    public async Task DIR_4_of_administrators_who_give_one_word_away_at_once_one_wins()
    {
        var word = DirectoryFixture.Fresh("REBUT");
        var positions = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => directory.PositionAsync()));

        var answers = await Task.WhenAll(positions.Select((position, n) => n % 2 == 0 ? AddAsync(position, 1, word, "Alias") : SetAsync(position, 1, word, Now.AddDays(n))));

        answers.Count(answer => answer.IsSuccessStatusCode).ShouldBe(1);
        foreach (var refused in answers.Where(answer => !answer.IsSuccessStatusCode))
            await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "keyword-taken");
    }

    [Fact]
    public async Task DIR_4_a_released_keyword_rests_before_another_position_gets_it()
    {
        var (keyword, released) = (DirectoryFixture.Fresh("LEPAS"), Now.AddDays(3));
        var (position, other) = (await directory.PositionAsync(keyword), await directory.PositionAsync());
        await SetAsync(position, 1, null, released).DoneAsync();

        await (await SetAsync(other, 1, keyword, released.AddDays(-1))).ShouldRefuseAsync(HttpStatusCode.Conflict, "keyword-taken");
        await (await SetAsync(other, 1, keyword, released)).ShouldRefuseAsync(HttpStatusCode.Conflict, "keyword-rests");
        await (await AddAsync(other, 1, keyword, "Alias", released.AddDays(90).AddSeconds(-1))).ShouldRefuseAsync(HttpStatusCode.Conflict, "keyword-rests");
        await AddAsync(other, 1, keyword, "Alias", released.AddDays(90)).DoneAsync();

        // Who had it may take it back, until the next one starts.
        await (await SetAsync(position, 2, keyword, released.AddDays(30))).ShouldRefuseAsync(HttpStatusCode.Conflict, "keyword-taken");
        var fresh = await directory.PositionAsync(DirectoryFixture.Fresh("KEMBALI"));
        await SetAsync(fresh, 1, null).DoneAsync();
        await SetAsync(fresh, 2, fresh.String("keyword"), Now.AddDays(1)).DoneAsync();
    }

    [Fact]
    public async Task DIR_6_a_keyword_passes_to_the_successor_at_an_instant_without_rest()
    {
        var (keyword, midnight) = (DirectoryFixture.Fresh("GABUNG"), Now.AddDays(5));
        var (old, successor) = (await directory.PositionAsync(keyword), await directory.PositionAsync(DirectoryFixture.Fresh("INDUK")));
        // Taken back once: the earlier release must not hold up the successor.
        await SetAsync(old, 1, null).DoneAsync();
        await SetAsync(old, 2, keyword).DoneAsync();
        var word = (await directory.ItemsAsync($"keywords?word={keyword}&asOf={DirectoryFixture.Query(Now)}")).Single();
        await (await MoveAsync(word, successor, midnight, version: 1)).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");

        (await MoveAsync(word, successor, midnight, version: 3)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await WordsAsync(old, midnight.AddTicks(-10))).ShouldBe([$"{keyword} Primary"]);
        (await WordsAsync(old, midnight)).ShouldBeEmpty();
        (await WordsAsync(successor, midnight)).ShouldBe([$"{keyword} Alias", $"{successor.String("keyword")} Primary"], ignoreOrder: true);
        (await directory.Bus.GetAsync<PositionChanged>(changed => changed.PositionId == old.Id() && changed.Version == 4)).Keywords!.ShouldAllBe(ended => ended.To <= midnight);
        (await directory.Bus.GetAsync<PositionChanged>(changed => changed.PositionId == successor.Id() && changed.Version == 2))
            .Keywords!.ShouldContain(given => given.Word == keyword && given.From == midnight && given.To == null);
        (await directory.ItemsAsync($"audit?subjectId={successor.Id()}"))[0].String("act").ShouldBe("MoveKeyword");
    }

    [Fact]
    public async Task DIR_6_a_reorganisation_passes_an_alias_on_at_its_instant()
    {
        var (keyword, alias, at) = (DirectoryFixture.Fresh("UTAMA"), DirectoryFixture.Fresh("SAMPING"), Now.AddMinutes(1));
        var (old, successor) = (await directory.PositionAsync(keyword), await directory.PositionAsync(DirectoryFixture.Fresh("PENERUS")));
        await AddAsync(old, 1, alias, "Alias").DoneAsync();
        var step = new { act = "MoveKeyword", fromPositionCode = old.String("code"), toPositionCode = successor.String("code"), word = alias, kind = "Alias" };
        await directory.PostAsync("reorganisations", new { name = "Penataan", decree = "Perwal 3/2026", effectiveAt = at, steps = new[] { step } }).DoneAsync();

        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));

        await Eventually.GetAsync(() => WordsAsync(successor, Now), words => words.Contains($"{alias} Alias"));
        (await WordsAsync(old, at.AddTicks(-10))).ShouldContain($"{alias} Alias");
        (await WordsAsync(old, at)).ShouldBe([$"{keyword} Primary"]);
        (await WordsAsync(successor, at)).ShouldBe([$"{alias} Alias", $"{successor.String("keyword")} Primary"], ignoreOrder: true);
    }

    [Fact]
    public async Task DIR_6_the_words_of_a_closed_position_rest_and_can_still_be_passed_on()
    {
        var keyword = DirectoryFixture.Fresh("TUTUP");
        var (closed, successor, stranger) = (await directory.PositionAsync(keyword), await directory.PositionAsync(), await directory.PositionAsync());
        await directory.AdvanceAsync(TimeSpan.FromSeconds(1));
        await directory.PostAsync($"positions/{closed.Id()}/close", new { version = 1 }).DoneAsync();

        (await directory.Bus.GetAsync<PositionChanged>(changed => changed.PositionId == closed.Id() && changed.Version == 2)).Keywords!.ShouldAllBe(word => word.To == Now);
        await (await SetAsync(stranger, 1, keyword)).ShouldRefuseAsync(HttpStatusCode.Conflict, "keyword-rests");
        await (await SetAsync(closed, 2, keyword)).ShouldRefuseAsync(HttpStatusCode.Conflict, "position-closed");
        var word = (await directory.ItemsAsync($"keywords?word={keyword}")).Single();
        (await MoveAsync(word, successor, Now, version: 2)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await WordsAsync(successor, Now)).ShouldBe([$"{keyword} Alias"]);
    }

    [Fact]
    public async Task DIR_4_an_alias_ends_at_an_instant_or_is_cancelled_before_it_starts()
    {
        var (alias, planned) = (DirectoryFixture.Fresh("ALIAS"), DirectoryFixture.Fresh("RENCANA"));
        var position = await directory.PositionAsync();
        var added = await AddAsync(position, 1, alias, "Alias").DoneAsync();
        var ahead = await AddAsync(position, 2, planned, "Misspelling", Now.AddDays(9)).DoneAsync();

        (await EndAsync(added, 3, Now.AddDays(1)).DoneAsync()).GetProperty("to").GetDateTimeOffset().ShouldBe(Now.AddDays(1));
        var cancelled = await EndAsync(ahead, 4).DoneAsync();

        cancelled.GetProperty("to").GetDateTimeOffset().ShouldBe(cancelled.GetProperty("from").GetDateTimeOffset());
        (await WordsAsync(position, Now.AddDays(10))).ShouldBeEmpty();
        await (await EndAsync(added, 4)).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        await (await EndAsync(position, 1)).ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");
    }

    [Theory]
    [InlineData("""{"version":1,"word":"BERHENTI","kind":"Alias"}""", "word")]
    [InlineData("""{"version":1,"word":"DUA KATA","kind":"Alias"}""", "word")]
    [InlineData("""{"version":1,"word":"LAIN","kind":"Primary"}""", "kind")]
    [InlineData("""{"version":1,"word":"LAIN","kind":"Nickname"}""", "kind")]
    [InlineData("""{"version":1,"word":"LAIN"}""", "kind")]
    [InlineData("""{"version":1,"word":"LAIN","kind":"Alias","from":"2020-01-01"}""", "from")]
    public async Task DIR_4_garbage_is_refused_by_the_name_of_its_field(string body, string field)
    {
        var position = await directory.PositionAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        await (await directory.Administrator.PostAsync($"/api/directory/positions/{position.Id()}/keywords", content)).ShouldNameAsync(field);
        await (await SetAsync(position, 1, "LAIN", Now.AddDays(-1))).ShouldNameAsync("from");
        (await WordsAsync(position, Now)).ShouldBeEmpty();
    }

    [Fact]
    public async Task DIR_4_the_database_itself_refuses_a_word_that_rests_and_a_second_primary_word()
    {
        var keyword = DirectoryFixture.Fresh("BASIS");
        var (position, other) = (await directory.PositionAsync(keyword), await directory.PositionAsync());
        (await InsertAsync(position.Id(), "LAINNYA", Now)).ConstraintName.ShouldBe("position_keyword_one_primary");
        await SetAsync(position, 1, null, Now.AddDays(1)).DoneAsync();
        (await InsertAsync(other.Id(), keyword, Now.AddDays(2))).ConstraintName.ShouldBe("position_keyword_rests");
    }

    private Task<PostgresException> InsertAsync(Guid positionId, string word, DateTimeOffset from) =>
        Should.ThrowAsync<PostgresException>(() => directory.Database.ExecuteAsync($"""
            insert into position_keyword (id, position_id, word, kind, valid_from) values (gen_random_uuid(), '{positionId}', '{word}', 'Primary', '{from:O}')
            """));

    private async Task<List<string>> WordsAsync(JsonElement position, DateTimeOffset at) =>
        (await directory.ItemsAsync($"keywords?positionCode={position.String("code")}&asOf={DirectoryFixture.Query(at)}"))
            .ConvertAll(word => $"{word.String("word")} {word.String("kind")}");

    private Task<HttpResponseMessage> SetAsync(JsonElement position, long version, string? keyword, DateTimeOffset? from = null, bool keepOldAsAlias = false) =>
        directory.PutAsync($"positions/{position.Id()}/keyword", new { version, keyword, from, keepOldAsAlias, reason = "Surat Sekda 5/2026" });

    private Task<HttpResponseMessage> AddAsync(JsonElement position, long version, string word, string kind, DateTimeOffset? from = null) =>
        directory.PostAsync($"positions/{position.Id()}/keywords", new { version, word, kind, from });

    private Task<HttpResponseMessage> EndAsync(JsonElement keyword, long version, DateTimeOffset? to = null) =>
        directory.PostAsync($"keywords/{keyword.Id()}/end", new { version, to });

    private Task<HttpResponseMessage> MoveAsync(JsonElement keyword, JsonElement successor, DateTimeOffset from, long version) =>
        directory.PostAsync($"keywords/{keyword.Id()}/move", new { version, positionCode = successor.String("code"), kind = "Alias", from, reason = "Perwal 3/2026" });
}
