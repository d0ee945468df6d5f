using Broadcast.Audiences;
using Broadcast.Storage;
using Broadcast.Tests.Testing;

namespace Broadcast.Tests.Audiences;

/// <summary>What happens between the approval and the sending.</summary>
public sealed class RefreshListTests(BroadcastFixture fixture) : IClassFixture<BroadcastFixture>
{
    private DateTimeOffset Later => fixture.Clock.GetUtcNow().AddHours(8);

    private static Audience People(params Post[] people) => new() { Include = [new() { OfficialIds = [.. people.Select(person => person.Official)] }] };

    private static Audience Unit(Guid unit) => new() { Include = [new() { UnitId = unit }] };

    [Fact]
    public async Task BRO_1_who_left_office_before_the_sending_gets_nothing_and_the_list_adds_up()
    {
        var unit = await fixture.AddUnitAsync("PERGI", fixture.City);
        var (stays, retires, moves) = (await StaffAsync(unit), await StaffAsync(unit), await StaffAsync(unit));
        var (byPost, frozen) = await fixture.FreezeAsync(Unit(unit));
        var (byName, _) = await fixture.FreezeAsync(People(stays, retires, moves));
        frozen.Recipients.ShouldBe(3);

        await fixture.LeavesAsync(retires, Later);
        await fixture.LeavesAsync(moves, Later);
        await fixture.HoldsAsync(moves.Official, fixture.HeadOfWorks.Position, Later, "Acting");
        (await fixture.RefreshAsync(byPost, Later.AddSeconds(-1))).Recipients.ShouldBe(3);
        var sent = await fixture.RefreshAsync(byPost, Later);
        sent.Counts.ShouldBe([new(RecipientState.Listed, null, 1), new(RecipientState.Skipped, "left-office", 2)]);
        sent.Segments.ShouldBe(1);
        (await fixture.RecipientAsync(byPost, stays)).State.ShouldBe(RecipientState.Listed);
        // Who is in by name is in by whatever he holds.
        await fixture.RefreshAsync(byName, Later);
        (await fixture.RecipientAsync(byName, moves)).State.ShouldBe(RecipientState.Listed);
        (await fixture.RecipientAsync(byName, retires)).SkipReason.ShouldBe("left-office");
    }

    [Fact]
    public async Task BRO_1_who_moves_within_the_audience_gets_it_in_his_new_post()
    {
        var unit = await fixture.AddUnitAsync("PINDAH", fixture.City);
        var moves = await StaffAsync(unit);
        var vacant = await fixture.AddPostAsync(unit, "HeadOfUnit", "Kepala Baru", to: DateTimeOffset.UnixEpoch.AddDays(1));
        var (id, _) = await fixture.FreezeAsync(Unit(unit));
        await fixture.LeavesAsync(moves, Later);
        await fixture.HoldsAsync(moves.Official, vacant.Position, Later);

        await fixture.RefreshAsync(id, Later);
        var row = await fixture.RecipientAsync(id, moves);
        (row.State, row.PositionId, row.Title, row.IsArrival).ShouldBe((RecipientState.Listed, vacant.Position, "Kepala Baru", false));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BRO_1_who_came_into_office_receives_where_that_was_decided(bool withArrivals)
    {
        var unit = await fixture.AddUnitAsync(withArrivals ? "DATANG.1" : "DATANG.0", fixture.City);
        var old = await StaffAsync(unit);
        var successor = await fixture.AddPostAsync(fixture.Works, "Staff", "Staf DPU");
        var late = await fixture.AddPostAsync(unit, "Staff", "Staf", number: "");
        var (id, frozen) = await fixture.FreezeAsync(Unit(unit), withArrivals: withArrivals);
        frozen.Recipients.ShouldBe(1);
        await fixture.LeavesAsync(old, Later);
        await fixture.HoldsAsync(successor.Official, old.Position, Later);
        await fixture.HasNumberAsync(late.Official, "+6281377700" + (withArrivals ? "11" : "10"));

        var sent = await fixture.RefreshAsync(id, Later);
        var rows = (await fixture.RecipientsAsync(id)).ToDictionary(row => row.OfficialId);
        rows[old.Official].SkipReason.ShouldBe("left-office");
        sent.Recipients.ShouldBe(withArrivals ? 2 : 0);
        rows.Count.ShouldBe(withArrivals ? 3 : 2);
        rows[late.Official].State.ShouldBe(withArrivals ? RecipientState.Listed : RecipientState.Skipped);
        if (withArrivals)
        {
            (rows[successor.Official].State, rows[successor.Official].IsArrival, rows[successor.Official].Segments).ShouldBe((RecipientState.Listed, true, 1));
            rows[late.Official].IsArrival.ShouldBeTrue();
        }

        // The same again: nothing happens twice.
        (await fixture.RefreshAsync(id, Later.AddMinutes(1))).Counts.ShouldBe(sent.Counts);
        (await fixture.RecipientsAsync(id)).Count(row => row.IsArrival).ShouldBe(withArrivals ? 2 : 0);
    }

    [Fact]
    public async Task BRO_4_nobody_comes_in_by_way_of_a_list_after_the_approval()
    {
        var (inside, outside) = (await StaffAsync(fixture.Works), await StaffAsync(fixture.Works));
        var list = Guid.CreateVersion7();
        Task AddAsync(Post post, DateTimeOffset at) => fixture.Database.ExecuteAsync(
            $"insert into recipient_list_entry (id, list_id, official_id, added_by, added_at) values (gen_random_uuid(), '{list}', '{post.Official}', 'test', '{at:O}')");
        await fixture.Database.ExecuteAsync($"insert into recipient_list values ('{list}', 'Belakang', 'test', '{DateTimeOffset.UnixEpoch:O}', null, 1)");
        await AddAsync(inside, DateTimeOffset.UnixEpoch);
        var (id, frozen) = await fixture.FreezeAsync(new() { Include = [new() { ListId = list }] }, withArrivals: true);
        await AddAsync(outside, fixture.Clock.GetUtcNow().AddMinutes(1));
        await fixture.Database.ExecuteAsync($"update recipient_list_entry set removed_at = '{fixture.Clock.GetUtcNow().AddMinutes(1):O}', removed_by = 'test' where official_id = '{inside.Official}'");

        (await fixture.RefreshAsync(id, Later)).Counts.ShouldBe(frozen.Counts);
        (await fixture.RecipientsAsync(id)).ShouldHaveSingleItem().OfficialId.ShouldBe(inside.Official);
    }

    [Fact]
    public async Task BRO_1_the_number_of_the_sending_moment_counts_and_no_number_gets_two()
    {
        var (changes, loses, takes, keeps) = (await StaffAsync(fixture.Works), await StaffAsync(fixture.Works), await StaffAsync(fixture.Works), await StaffAsync(fixture.Works));
        var (id, _) = await fixture.FreezeAsync(People(changes, loses, takes, keeps));
        await fixture.HasNumberAsync(changes.Official, "+6281388800001");
        await fixture.HasNumberAsync(loses.Official, null);
        await fixture.HasNumberAsync(takes.Official, keeps.Number);

        var sent = await fixture.RefreshAsync(id, Later);
        (await fixture.RecipientAsync(id, changes)).Number.ShouldBe("+6281388800001");
        (await fixture.RecipientAsync(id, loses)).SkipReason.ShouldBe("no-number");
        (await fixture.RecipientAsync(id, takes)).SkipReason.ShouldBe("same-number");
        var row = await fixture.RecipientAsync(id, keeps);
        (row.State, row.Number, row.IsShared).ShouldBe((RecipientState.Listed, keeps.Number, true));
        (sent.Recipients, sent.Counts.Sum(count => count.Recipients)).ShouldBe((2, 4));
    }

    [Fact]
    public async Task BRO_1_two_who_have_exchanged_their_numbers_both_get_it()
    {
        var (one, two) = (await StaffAsync(fixture.Works), await StaffAsync(fixture.Works));
        var (id, _) = await fixture.FreezeAsync(People(one, two));
        await fixture.HasNumberAsync(one.Official, two.Number);
        await fixture.HasNumberAsync(two.Official, one.Number);

        (await fixture.RefreshAsync(id, Later)).Recipients.ShouldBe(2);
        (await fixture.RecipientAsync(id, one)).Number.ShouldBe(two.Number);
        (await fixture.RecipientAsync(id, two)).Number.ShouldBe(one.Number);
    }

    [Fact]
    public async Task BRO_1_a_shared_number_is_the_others_when_its_owner_has_left()
    {
        var head = await fixture.AddPostAsync(fixture.Works, "HeadOfUnit", "Kepala", number: "+6281388800002");
        var staff = await fixture.AddPostAsync(fixture.Works, "Staff", "Staf", number: "+6281388800002");
        var (id, _) = await fixture.FreezeAsync(People(head, staff), "Kepada {nama}");
        (await fixture.RecipientAsync(id, staff)).SkipReason.ShouldBe("same-number");
        await fixture.LeavesAsync(head, Later);

        (await fixture.RefreshAsync(id, Later)).Recipients.ShouldBe(1);
        (await fixture.RecipientAsync(id, head)).SkipReason.ShouldBe("left-office");
        var row = await fixture.RecipientAsync(id, staff);
        (row.State, row.SkipReason, row.IsShared, row.IsArrival).ShouldBe((RecipientState.Listed, null, false, false));
    }

    private Task<Post> StaffAsync(Guid unit) => fixture.AddPostAsync(unit, "Staff", "Staf");
}
