using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Testing;
using Npgsql;

namespace Directory.Tests.People;

/// <summary>Acting holders, corrections, transfer, retirement.</summary>
public sealed class HoldingTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private DateTimeOffset Now => directory.Clock.GetUtcNow();

    [Theory]
    [InlineData("Plt", AssignmentKind.Plt)]
    [InlineData("Plh", AssignmentKind.Plh)]
    [InlineData("Pj", AssignmentKind.Pj)]
    public async Task DIR_1_an_acting_holder_stands_beside_the_definitive_one_and_has_the_post_during_his_time(string kind, AssignmentKind told)
    {
        var (position, acting) = (await directory.PositionAsync(), await directory.OfficialAsync());
        await directory.HolderAsync(await directory.OfficialAsync(), position);

        var held = await directory.HolderAsync(acting, position, to: Now.AddDays(14), kind: kind, orderNumber: "821.2/17/BKPSDM/2026");

        held.String("orderNumber").ShouldBe("821.2/17/BKPSDM/2026");
        (await directory.Bus.GetAsync<AssignmentChanged>(changed => changed.AssignmentId == held.Id())).Kind.ShouldBe(told);
        var me = await (await directory.SignedInAsync(acting)).GetFromJsonAsync<JsonElement>("/api/directory/me");
        me.GetProperty("positions").EnumerateArray().Single().String("heldAs").ShouldBe(kind);
    }

    [Fact]
    public async Task DIR_1_an_acting_holder_needs_the_number_of_an_order()
    {
        var (position, acting) = (await directory.PositionAsync(), await directory.OfficialAsync());
        await (await AssignAsync(acting, position, "Plt", null)).ShouldNameAsync("orderNumber");
        await (await AssignAsync(acting, position, "Plt", " ")).ShouldNameAsync("orderNumber");
        await (await AssignAsync(acting, position, "Kuasa", "1/2026")).ShouldNameAsync("kind");
    }

    [Fact]
    public async Task DIR_1_a_position_has_one_acting_holder_at_a_time_also_when_two_administrators_assign_at_once()
    {
        var position = await directory.PositionAsync();
        var officials = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => directory.OfficialAsync()));

        var answers = await Task.WhenAll(officials.Select((official, n) => AssignAsync(official, position, n % 2 == 0 ? "Plt" : "Plh", "1/2026")));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
            await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "position-acted");
        (await Should.ThrowAsync<PostgresException>(() => directory.Database.ExecuteAsync($"""
            insert into assignment (id, official_id, position_id, kind, order_number, held_from, version)
            values (gen_random_uuid(), '{officials[0].Id()}', '{position.Id()}', 'Pj', '1', '2030-01-01Z', 1)
            """))).ConstraintName.ShouldBe("assignment_one_acting_holder");
    }

    [Fact]
    public async Task DIR_1_a_definitive_holder_ends_the_Plt_at_his_start()
    {
        var (position, start) = (await directory.PositionAsync(), Now.AddDays(20));
        var interim = await directory.HolderAsync(await directory.OfficialAsync(), position, kind: "Plt", orderNumber: "1/2026");

        await directory.HolderAsync(await directory.OfficialAsync(), position, start);

        (await directory.Bus.GetAsync<AssignmentChanged>(changed => changed.AssignmentId == interim.Id() && changed.Version == 2)).To.ShouldBe(start);
        (await directory.ItemsAsync($"audit?subjectId={interim.Id()}"))[0].String("act").ShouldBe("EndAssignment");
    }

    [Fact]
    public async Task DIR_1_a_wrong_date_is_corrected_and_the_trail_keeps_what_was_said_before()
    {
        var position = await directory.PositionAsync();
        var held = await directory.HolderAsync(await directory.OfficialAsync(), position, Now.AddDays(-3));
        var right = Now.AddDays(-33);

        await CorrectAsync(held, 1, right, null).DoneAsync();

        (await directory.Bus.GetAsync<AssignmentChanged>(changed => changed.AssignmentId == held.Id() && changed.Version == 2)).From.ShouldBe(right);
        (await directory.Database.ScalarAsync<string>(
            $"select (before ->> 'from') || ' ' || reason from audit_content join audit_entry on id = entry_id where act = 'CorrectAssignment' and subject_id = '{held.Id()}'"))
            .ShouldEndWith("Salah ketik tanggal SK");
        await (await CorrectAsync(held, 1, right, null)).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        await (await CorrectAsync(held, 2, right, right.AddDays(-1))).ShouldNameAsync("to");
        await (await directory.PostAsync($"assignments/{held.Id()}/correction", new { version = 2, from = right, reason = "Tanpa akhir" })).ShouldNameAsync("to");
    }

    [Fact]
    public async Task DIR_1_an_assignment_that_never_took_place_stays_as_a_row_and_makes_room()
    {
        var (position, start) = (await directory.PositionAsync(), Now.AddDays(5));
        var cancelled = await directory.HolderAsync(await directory.OfficialAsync(), position, start);

        await CorrectAsync(cancelled, 1, start, start).DoneAsync();

        await directory.HolderAsync(await directory.OfficialAsync(), position, start);
        (await directory.ItemsAsync($"assignments?positionCode={position.String("code")}")).Count.ShouldBe(2);
        await (await CorrectAsync(cancelled, 2, start, null)).ShouldRefuseAsync(HttpStatusCode.Conflict, "position-held");
    }

    [Fact]
    public async Task DIR_6_a_transfer_ahead_of_its_date_ends_the_old_and_starts_the_new_at_one_instant()
    {
        var (official, here, there, midnight) = (await directory.OfficialAsync(), await directory.PositionAsync(), await directory.PositionAsync(), Now.AddDays(30));
        var old = await directory.HolderAsync(official, here);
        var interim = await directory.HolderAsync(await directory.OfficialAsync(), there, kind: "Plt", orderNumber: "1/2026");

        var next = (await TransferAsync(old, 1, there, midnight).DoneAsync())[0];

        (await directory.Bus.GetAsync<AssignmentChanged>(changed => changed.AssignmentId == old.Id() && changed.Version == 2)).To.ShouldBe(midnight);
        var told = await directory.Bus.GetAsync<AssignmentChanged>(changed => changed.AssignmentId == next.Id());
        (told.OfficialId, told.PositionId, told.From, told.To).ShouldBe((official.Id(), there.Id(), midnight, null));
        (await directory.Bus.GetAsync<AssignmentChanged>(changed => changed.AssignmentId == interim.Id() && changed.Version == 2)).To.ShouldBe(midnight);
        await directory.HolderAsync(await directory.OfficialAsync(), here, midnight);
    }

    [Fact]
    public async Task DIR_6_a_transfer_to_a_position_that_is_held_changes_nothing()
    {
        var (here, there) = (await directory.PositionAsync(), await directory.PositionAsync());
        var old = await directory.HolderAsync(await directory.OfficialAsync(), here);
        await directory.HolderAsync(await directory.OfficialAsync(), there);

        await (await TransferAsync(old, 1, there, Now.AddDays(1))).ShouldRefuseAsync(HttpStatusCode.Conflict, "position-held");

        (await directory.Database.ScalarAsync<bool>($"select held_to is null and version = 1 from assignment where id = '{old.Id()}'")).ShouldBeTrue();
        await (await TransferAsync(old, 1, here, Now.AddDays(1))).ShouldNameAsync("transfers[0].positionCode");
        await (await TransferAsync(there, 1, here, Now.AddDays(1))).ShouldNameAsync("transfers[0].assignmentId");
        await (await TransferAsync(old, 1, await directory.PositionAsync(), Now.AddDays(-1))).ShouldNameAsync("at");
    }

    [Fact]
    public async Task DIR_6_a_decree_moves_officials_in_a_ring_at_one_instant_or_nobody()
    {
        var (midnight, posts) = (Now.AddDays(7), await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => directory.PositionAsync())));
        var held = await Task.WhenAll(posts.Select(async post => await directory.HolderAsync(await directory.OfficialAsync(), post)));
        await (await TransferAsync(midnight, (held[0], 1, posts[1]), (held[1], 1, posts[2]), (held[2], 7, posts[0])))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");

        var next = await TransferAsync(midnight, (held[0], 1, posts[1]), (held[1], 1, posts[2]), (held[2], 1, posts[0])).DoneAsync();

        next.EnumerateArray().Select(item => (item.String("employeeNumber"), item.String("positionCode"))).ShouldBe(
            [.. Enumerable.Range(0, 3).Select(n => (held[n].String("employeeNumber"), posts[(n + 1) % 3].String("code")))], ignoreOrder: true);
        foreach (var old in held)
            (await directory.Bus.GetAsync<AssignmentChanged>(changed => changed.AssignmentId == old.Id() && changed.Version == 2)).To.ShouldBe(midnight);
    }

    [Fact]
    public async Task DIR_6_decrees_that_cross_wait_for_each_other_and_none_fails_for_that()
    {
        for (var round = 0; round < 5; round++)
        {
            var posts = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => directory.PositionAsync()));
            var held = await Task.WhenAll(posts.Select(async post => await directory.HolderAsync(await directory.OfficialAsync(), post)));
            // Everybody to the place of the next one, by one decree, and to the place of the one before, by the other.
            (JsonElement, long, JsonElement)[] Ring(int step) => [.. Enumerable.Range(0, 6).Select(n => (held[n], 1L, posts[(n + step) % 6]))];

            var answers = await Task.WhenAll(TransferAsync(Now.AddDays(7), Ring(1)), TransferAsync(Now.AddDays(7), [.. Ring(5).Reverse()]));

            answers.Count(answer => answer.IsSuccessStatusCode).ShouldBe(1);
            await answers.Single(answer => !answer.IsSuccessStatusCode).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        }
    }

    [Theory]
    [InlineData("[]", "transfers")]
    [InlineData("[null]", "transfers[0]")]
    [InlineData("[{}]", "transfers[0].positionCode")]
    [InlineData("""[{"assignmentId":"x"}]""", "transfers[0].assignmentId")]
    [InlineData("""[{"version":1,"positionCode":"P"}]""", "transfers[0].assignmentId")]
    public async Task DIR_6_garbage_in_a_decree_is_refused_by_the_name_of_its_field(string transfers, string field)
    {
        using var content = new StringContent($$"""{"at":"2026-03-01","transfers":{{transfers}}}""", System.Text.Encoding.UTF8, "application/json");
        await (await directory.Administrator.PostAsync("/api/directory/transfers", content)).ShouldNameAsync(field);
    }

    [Fact]
    public async Task DIR_1_an_instant_is_stored_as_it_is_told()
    {
        var exact = Now.AddDays(1);
        var held = await directory.HolderAsync(await directory.OfficialAsync(), await directory.PositionAsync(), exact.AddTicks(7));
        (await directory.Bus.GetAsync<AssignmentChanged>(changed => changed.AssignmentId == held.Id())).From.ShouldBe(exact);
        held.GetProperty("from").GetDateTimeOffset().ShouldBe(exact);
    }

    [Fact]
    public async Task DIR_6_of_two_administrators_who_transfer_one_official_at_once_one_wins()
    {
        var old = await directory.HolderAsync(await directory.OfficialAsync(), await directory.PositionAsync());
        var targets = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => directory.PositionAsync()));

        var answers = await Task.WhenAll(targets.Select(target => TransferAsync(old, 1, target, Now.AddDays(1))));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(3);
        (await directory.Database.ScalarAsync<long>($"select count(*) from assignment where official_id = (select official_id from assignment where id = '{old.Id()}')")).ShouldBe(2);
    }

    [Fact]
    public async Task DIR_6_retirement_ends_all_that_an_official_holds_and_cancels_what_was_to_come()
    {
        var (official, last) = (await directory.OfficialAsync(senderId: DirectoryFixture.Fresh("PSN")), Now.AddDays(60));
        var held = await directory.HolderAsync(official, await directory.PositionAsync());
        var acting = await directory.HolderAsync(official, await directory.PositionAsync(), kind: "Plt", orderNumber: "1/2026");
        var over = await directory.HolderAsync(official, await directory.PositionAsync(), Now.AddDays(-9), Now.AddDays(-2));
        var ahead = await directory.HolderAsync(official, await directory.PositionAsync(), Now.AddDays(90));

        var released = await ReleaseAsync(official, 1, last).DoneAsync();

        released.GetProperty("ended").EnumerateArray().Select(item => item.Id()).ShouldBe([held.Id(), acting.Id(), ahead.Id()], ignoreOrder: true);
        foreach (var (assignment, to) in new[] { (held, last), (acting, last), (ahead, Now.AddDays(90)) })
            (await directory.Bus.GetAsync<AssignmentChanged>(changed => changed.AssignmentId == assignment.Id() && changed.Version == 2)).To.ShouldBe(to);
        directory.Bus.Received<AssignmentChanged>().ShouldNotContain(changed => changed.AssignmentId == over.Id() && changed.Version > 1);
        (await directory.Bus.GetAsync<ContactChanged>(changed => changed.OfficialId == official.Id() && changed.Version == 2)).SenderIds!.Single().To.ShouldBe(last);
        await (await ReleaseAsync(official, 1, last)).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
    }

    private Task<HttpResponseMessage> AssignAsync(JsonElement official, JsonElement position, string kind, string? orderNumber) => directory.PostAsync(
        "assignments", new { employeeNumber = official.String("employeeNumber"), positionCode = position.String("code"), kind, orderNumber });

    private Task<HttpResponseMessage> CorrectAsync(JsonElement assignment, long version, DateTimeOffset from, DateTimeOffset? to) =>
        directory.PostAsync($"assignments/{assignment.Id()}/correction", new { version, from, to, reason = "Salah ketik tanggal SK" });

    private Task<HttpResponseMessage> TransferAsync(JsonElement assignment, long version, JsonElement position, DateTimeOffset at) =>
        TransferAsync(at, (assignment, version, position));

    private Task<HttpResponseMessage> TransferAsync(DateTimeOffset at, params (JsonElement Assignment, long Version, JsonElement Position)[] transfers) =>
        directory.PostAsync("transfers", new
        {
            at,
            orderNumber = "821/9/2026",
            transfers = transfers.Select(transfer => new { assignmentId = transfer.Assignment.Id(), transfer.Version, positionCode = transfer.Position.String("code") }),
        });

    private Task<HttpResponseMessage> ReleaseAsync(JsonElement official, long version, DateTimeOffset at) =>
        directory.PostAsync($"officials/{official.Id()}/release", new { version, at, reason = "Pensiun" });
}
