using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Directory.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Directory.Tests.People;

public sealed class OperatorTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private DateTimeOffset Now => directory.Clock.GetUtcNow();

    [Fact]
    public async Task DIR_3_the_head_of_the_unit_appoints_its_operator_and_hands_over_at_one_instant()
    {
        var (unit, head, _) = await UnitWithHeadAsync();
        var (first, second) = (await MemberAsync(unit), await MemberAsync(unit));
        var handover = Now.AddDays(7);

        (await AppointAsync(head, unit, first).DoneAsync()).String("employeeNumber").ShouldBe(first.String("employeeNumber"));
        (await RolesAsync(first)).ShouldContain("UnitOperator");
        await AppointAsync(head, unit, second, handover).DoneAsync();
        (await RolesAsync(second)).ShouldNotContain("UnitOperator");

        (await OperatorsAsync(unit, Now)).ShouldBe([first.String("employeeNumber")]);
        (await OperatorsAsync(unit, handover.AddTicks(-10))).ShouldBe([first.String("employeeNumber")]);
        (await OperatorsAsync(unit, handover)).ShouldBe([second.String("employeeNumber")]);
        (await directory.ItemsAsync($"audit?subjectId={unit.Id()}"))[0].String("act").ShouldBe("AppointOperator");

        // What the head says last cancels what was to come.
        await AppointAsync(head, unit, first, Now.AddDays(1)).DoneAsync();
        (await OperatorsAsync(unit, handover.AddDays(1))).ShouldBe([first.String("employeeNumber")]);
    }

    [Fact]
    public async Task DIR_3_an_acting_head_appoints_during_his_time_and_nobody_else_does()
    {
        var (unit, _, post) = await UnitWithHeadAsync();
        var (acting, former, member) = (await directory.OfficialAsync(), await directory.OfficialAsync(), await MemberAsync(unit));
        await directory.HolderAsync(former, post, Now.AddDays(-9), Now.AddDays(-1), "Plh", "1/2026");
        await directory.HolderAsync(former, await directory.PositionInAsync(unit));
        await directory.HolderAsync(acting, post, kind: "Plh", orderNumber: "2/2026");

        await AppointAsync(await directory.SignedInAsync(acting), unit, member).DoneAsync();

        foreach (var stranger in new[] { former, member })
            await (await AppointAsync(await directory.SignedInAsync(stranger), unit, member)).ShouldRefuseAsync(HttpStatusCode.Forbidden, "forbidden");
        var (_, otherHead, _) = await UnitWithHeadAsync();
        await (await AppointAsync(otherHead, unit, member)).ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task DIR_3_who_appoints_is_the_head_now_and_who_is_appointed_belongs_to_the_unit_from_the_instant_on()
    {
        var (unit, head, post) = await UnitWithHeadAsync();
        var (coming, leaving, soon) = (await directory.OfficialAsync(), await directory.OfficialAsync(), Now.AddDays(7));
        await directory.HolderAsync(coming, await directory.PositionInAsync(unit), soon);
        await directory.HolderAsync(leaving, await directory.PositionInAsync(unit), to: soon);

        await (await AppointAsync(head, unit, coming)).ShouldNameAsync("employeeNumber");
        await (await AppointAsync(head, unit, leaving, soon)).ShouldNameAsync("employeeNumber");
        // A head in office decides also for the time after his own: the post orders, not the person.
        await directory.PostAsync($"assignments/{(await directory.ItemsAsync($"assignments?positionCode={post.String("code")}")).Single().Id()}/end", new { version = 1, to = Now.AddDays(3) }).DoneAsync();
        await AppointAsync(head, unit, coming, soon).DoneAsync();
        (await OperatorsAsync(unit, soon)).ShouldBe([coming.String("employeeNumber")]);

        // Who is head of another unit, and of this one only from then on, orders nothing here before.
        var next = await directory.OfficialAsync();
        await directory.HolderAsync(next, await directory.PositionAsync());
        var nextHead = await directory.SignedInAsync(next);
        await directory.HolderAsync(next, post, Now.AddDays(3));
        await (await AppointAsync(nextHead, unit, coming, soon)).ShouldRefuseAsync(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task DIR_3_the_administrator_enters_an_operator_only_by_a_letter_of_the_head()
    {
        var (unit, _, _) = await UnitWithHeadAsync();
        var member = await MemberAsync(unit);

        await (await AppointAsync(directory.Administrator, unit, member)).ShouldNameAsync("letter");
        await AppointAsync(directory.Administrator, unit, member, letter: "800/12/DINKES/2026").DoneAsync();

        (await directory.ItemsAsync($"operators?unitCode={unit.String("code")}")).Single().String("letter").ShouldBe("800/12/DINKES/2026");
    }

    [Fact]
    public async Task DIR_3_an_operator_holds_a_position_in_the_unit_and_ends_with_it()
    {
        var (unit, head, _) = await UnitWithHeadAsync();
        var (member, end) = (await directory.OfficialAsync(), Now.AddDays(40));
        var assignment = await directory.HolderAsync(member, await directory.PositionInAsync(unit));
        var elsewhere = await MemberAsync(await directory.UnitAsync());
        await (await AppointAsync(head, unit, elsewhere)).ShouldNameAsync("employeeNumber");
        await (await AppointAsync(head, unit, member, Now.AddDays(-1))).ShouldNameAsync("from");
        await AppointAsync(head, unit, member).DoneAsync();

        await directory.PostAsync($"assignments/{assignment.Id()}/end", new { version = 1, to = end }).DoneAsync();

        (await OperatorsAsync(unit, end.AddTicks(-10))).Count.ShouldBe(1);
        (await OperatorsAsync(unit, end)).ShouldBeEmpty();
        (await directory.ItemsAsync($"operators?unitCode={unit.String("code")}")).Single().GetProperty("to").GetDateTimeOffset().ShouldBe(end);
        // Who comes back is not the operator again by himself.
        await directory.HolderAsync(member, await directory.PositionInAsync(unit), end.AddDays(1));
        (await OperatorsAsync(unit, end.AddDays(2))).ShouldBeEmpty();
    }

    [Fact]
    public async Task DIR_3_an_operator_whose_post_moves_away_is_not_in_office_again_when_it_comes_back()
    {
        var (unit, head, _) = await UnitWithHeadAsync();
        var (member, post) = await MemberWithPostAsync(unit);
        var ended = (await AppointAsync(head, unit, member).DoneAsync()).Id();
        directory.Clock.Advance(TimeSpan.FromSeconds(1));

        var elsewhere = await directory.UnitAsync();
        await MoveAsync(post, 1, elsewhere).DoneAsync();
        var moved = Now;
        (await OperatorsAsync(unit, Now)).ShouldBeEmpty();
        (await directory.ItemsAsync($"operators?unitCode={unit.String("code")}")).Single().GetProperty("to").GetDateTimeOffset().ShouldBe(moved);
        directory.Clock.Advance(TimeSpan.FromSeconds(1));
        await MoveAsync(post, 2, unit).DoneAsync();

        (await OperatorsAsync(unit, Now)).ShouldBeEmpty();
        (await OperatorsAsync(unit, moved.AddTicks(-10))).ShouldBe([member.String("employeeNumber")]);
        (await RolesAsync(member)).ShouldNotContain("UnitOperator");
        (await WithoutAsync()).ShouldContain(unit.String("code"));
        await (await AppointAsync(head, unit, member, replaces: ended)).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        await AppointAsync(head, unit, member, replaces: null).DoneAsync();
        (await OperatorsAsync(unit, Now)).ShouldBe([member.String("employeeNumber")]);
    }

    [Fact]
    public async Task DIR_3_nobody_is_appointed_whose_post_moves_away_at_this_moment()
    {
        var (unit, head, _) = await UnitWithHeadAsync();
        var ((member, post), elsewhere) = (await MemberWithPostAsync(unit), await directory.UnitAsync());
        await using var administrator = new NpgsqlConnection(directory.Database.Administrator);
        await administrator.OpenAsync();
        await using var transaction = await administrator.BeginTransactionAsync();
        await using var move = new NpgsqlCommand($"update position set unit_id = '{elsewhere.Id()}', version = version + 1 where id = '{post.Id()}'", administrator);
        await move.ExecuteNonQueryAsync();

        var appointing = AppointAsync(head, unit, member, replaces: null);
        await Eventually.TrueAsync(() => directory.Database.ScalarAsync<bool>(
            "select exists (select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database()))"));
        await transaction.CommitAsync();

        await (await appointing).ShouldNameAsync("employeeNumber");
        (await directory.ItemsAsync($"operators?unitCode={unit.String("code")}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task DIR_3_operators_whose_post_had_moved_before_this_was_written_down_have_ended_then()
    {
        var (unit, head, _) = await UnitWithHeadAsync();
        var ((gone, post), (staying, _)) = (await MemberWithPostAsync(unit), await MemberWithPostAsync(unit));
        await AppointAsync(head, unit, gone).DoneAsync();
        await directory.Database.ExecuteAsync("alter table position disable trigger position_ends_operators");
        directory.Clock.Advance(TimeSpan.FromSeconds(1));
        var moved = Now;
        await MoveAsync(post, 1, await directory.UnitAsync()).DoneAsync();
        directory.Clock.Advance(TimeSpan.FromSeconds(1));
        await MoveAsync(post, 2, unit).DoneAsync();
        await directory.Database.ExecuteAsync("alter table position enable trigger position_ends_operators");
        (await OperatorsAsync(unit, Now)).Count.ShouldBe(1, "as it was");

        using var migration = new StreamReader(typeof(Storage.DirectoryDb).Assembly.GetManifestResourceStream("0081_operators_of_moved_posts.sql")!);
        var text = await migration.ReadToEndAsync();
        await directory.Database.ExecuteAsync(text[text.LastIndexOf("update unit_operator", StringComparison.Ordinal)..]);

        (await OperatorsAsync(unit, Now)).ShouldBeEmpty();
        (await directory.ItemsAsync($"operators?unitCode={unit.String("code")}")).Single().GetProperty("to").GetDateTimeOffset().ShouldBe(moved);
        await AppointAsync(head, unit, staying, replaces: null).DoneAsync();
    }

    [Fact]
    public async Task DIR_3_a_unit_has_one_operator_at_any_instant_also_when_head_and_acting_head_appoint_at_once()
    {
        var (unit, head, post) = await UnitWithHeadAsync();
        var acting = await directory.OfficialAsync();
        await directory.HolderAsync(acting, post, kind: "Plh", orderNumber: "1/2026");
        var second = await directory.SignedInAsync(acting);
        var members = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => MemberAsync(unit)));

        // Once from nothing, once as a handover.
        for (var round = 0; round < 2; round++)
        {
            var replaces = await LatestAsync(unit);
            var answers = await Task.WhenAll(members.Select((member, n) => AppointAsync(n % 2 == 0 ? head : second, unit, member, replaces)));
            answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
            foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
            {
                await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
                (await refused.ReadAsync()).GetProperty("current").Id().ShouldBe((await LatestAsync(unit))!.Value);
            }

            (await OperatorsAsync(unit, Now)).Count.ShouldBe(1);
        }

        (await Should.ThrowAsync<PostgresException>(() => directory.Database.ExecuteAsync($"""
            insert into unit_operator (id, unit_id, assignment_id, valid_from, version)
            select gen_random_uuid(), unit_id, assignment_id, '2030-01-01Z', 1 from unit_operator where unit_id = '{unit.Id()}' limit 1
            """))).ConstraintName.ShouldBe("unit_operator_one");
    }

    [Fact]
    public async Task DIR_3_who_did_not_see_the_latest_appointment_is_shown_it_and_replaces_nobody()
    {
        var (unit, head, _) = await UnitWithHeadAsync();
        var (first, second, third) = (await MemberAsync(unit), await directory.OfficialAsync(), await MemberAsync(unit));
        var assignment = await directory.HolderAsync(second, await directory.PositionInAsync(unit));
        await (await head.PutAsJsonAsync($"/api/directory/units/{unit.Id()}/operator", new { employeeNumber = first.String("employeeNumber") }))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid");
        var seen = (await AppointAsync(head, unit, first, replaces: null).DoneAsync()).Id();
        await ShouldShowAsync(await AppointAsync(head, unit, third, replaces: null), seen);

        // Entered ahead is said as well.
        var ahead = (await AppointAsync(head, unit, second, seen, Now.AddDays(7)).DoneAsync()).Id();
        await ShouldShowAsync(await AppointAsync(directory.Administrator, unit, third, seen, letter: "800/1/2026"), ahead);
        (await OperatorsAsync(unit, Now)).ShouldBe([first.String("employeeNumber")]);
        (await OperatorsAsync(unit, Now.AddDays(7))).ShouldBe([second.String("employeeNumber")]);

        // Whose position ends before he starts is not awaited any more.
        await directory.PostAsync($"assignments/{assignment.Id()}/end", new { version = 1, to = Now.AddDays(1) }).DoneAsync();
        await ShouldShowAsync(await AppointAsync(head, unit, third, ahead), seen);
        await AppointAsync(head, unit, third, seen).DoneAsync();
        (await OperatorsAsync(unit, Now)).ShouldBe([third.String("employeeNumber")]);

        async Task ShouldShowAsync(HttpResponseMessage answer, Guid current)
        {
            await answer.ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
            (await answer.ReadAsync()).GetProperty("current").Id().ShouldBe(current);
        }
    }

    [Fact]
    public async Task DIR_3_units_without_operator_are_listed_and_counted()
    {
        var seen = -1L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "platform.directory.units_without_operator" && instrument.Meter.Scope == directory.Services.GetRequiredService<IMeterFactory>())
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Exchange(ref seen, value));
        listener.Start();
        var (unit, head, _) = await UnitWithHeadAsync();
        var closed = await directory.UnitAsync();
        (await WithoutAsync()).ShouldContain(unit.String("code"));
        await directory.PostAsync($"units/{closed.Id()}/close", new { version = 1 }).DoneAsync();

        await AppointAsync(head, unit, await MemberAsync(unit)).DoneAsync();

        var without = await WithoutAsync();
        without.ShouldNotContain(unit.String("code"));
        without.ShouldNotContain(closed.String("code"));
        await Eventually.TrueAsync(() =>
        {
            listener.RecordObservableInstruments();
            return Task.FromResult(Interlocked.Read(ref seen) == without.Count);
        });
    }

    private async Task<(JsonElement Unit, HttpClient Head, JsonElement Post)> UnitWithHeadAsync()
    {
        var (unit, official) = (await directory.UnitAsync(), await directory.OfficialAsync());
        var post = await directory.PositionInAsync(unit, "HeadOfUnit");
        await directory.HolderAsync(official, post);
        return (unit, await directory.SignedInAsync(official), post);
    }

    private async Task<JsonElement> MemberAsync(JsonElement unit) => (await MemberWithPostAsync(unit)).Official;

    private async Task<(JsonElement Official, JsonElement Post)> MemberWithPostAsync(JsonElement unit)
    {
        var (official, post) = (await directory.OfficialAsync(), await directory.PositionInAsync(unit));
        await directory.HolderAsync(official, post);
        return (official, post);
    }

    private Task<HttpResponseMessage> MoveAsync(JsonElement post, long version, JsonElement unit) =>
        directory.Administrator.PatchAsJsonAsync($"/api/directory/positions/{post.Id()}", new { version, unitCode = unit.String("code") });

    private async Task<List<string?>> RolesAsync(JsonElement official) =>
        [.. (await (await directory.SignedInAsync(official)).GetFromJsonAsync<JsonElement>("/api/directory/me")).GetProperty("roles").EnumerateArray().Select(role => role.GetString())];

    private async Task<HttpResponseMessage> AppointAsync(
        HttpClient client, JsonElement unit, JsonElement official, DateTimeOffset? from = null, string? letter = null) =>
        await AppointAsync(client, unit, official, await LatestAsync(unit), from, letter);

    private static Task<HttpResponseMessage> AppointAsync(
        HttpClient client, JsonElement unit, JsonElement official, Guid? replaces, DateTimeOffset? from = null, string? letter = null) =>
        client.PutAsJsonAsync($"/api/directory/units/{unit.Id()}/operator", new { employeeNumber = official.String("employeeNumber"), replaces, from, letter });

    /// <summary>The latest appointment that has not ended.</summary>
    private async Task<Guid?> LatestAsync(JsonElement unit) => (await directory.ItemsAsync($"operators?unitCode={unit.String("code")}"))
        .Where(item => item.GetProperty("to").ValueKind == JsonValueKind.Null
            || (item.GetProperty("to").GetDateTimeOffset() is var to && to > Now && to > item.GetProperty("from").GetDateTimeOffset()))
        .Select(item => (Guid?)item.Id()).FirstOrDefault();

    private async Task<List<string>> OperatorsAsync(JsonElement unit, DateTimeOffset at) =>
        (await directory.ItemsAsync($"operators?unitCode={unit.String("code")}&asOf={DirectoryFixture.Query(at)}")).ConvertAll(item => item.String("employeeNumber"));

    private async Task<List<string>> WithoutAsync()
    {
        var (codes, cursor) = (new List<string>(), "");
        while (cursor is not null)
        {
            var page = await directory.GetAsync($"units/without-operator{cursor}");
            codes.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.String("code")));
            cursor = page.GetProperty("next").GetString() is { } next ? $"?cursor={next}" : null;
        }

        return codes;
    }
}
