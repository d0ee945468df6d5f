using System.Security.Cryptography;
using System.Text;
using Broadcast.Audiences;
using Broadcast.Storage;
using Broadcast.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Sms;

namespace Broadcast.Tests.Audiences;

public sealed class FreezeListTests(BroadcastFixture fixture) : IClassFixture<BroadcastFixture>
{
    private static readonly DateTimeOffset Before = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static Audience Of(params IReadOnlyList<AudienceRule> rules) => new() { Include = rules };

    private static Audience People(params Post[] people) => Of(new AudienceRule { OfficialIds = [.. people.Select(person => person.Official)] });

    [Fact]
    public async Task BRO_1_one_person_in_five_groups_gets_one_SMS_and_all_reasons_are_kept()
    {
        var unit = await fixture.AddUnitAsync("LIMA", fixture.Works);
        var clerk = await fixture.AddPostAsync(unit, "Staff", "Juru", "IV.z");
        var list = Guid.CreateVersion7();
        await fixture.Database.ExecuteAsync($"""
            insert into recipient_list values ('{list}', 'Lima', 'test', '{Before:O}', null, 1);
            insert into recipient_list_entry (id, list_id, position_id, added_by, added_at) values (gen_random_uuid(), '{list}', '{clerk.Position}', 'test', '{Before:O}')
            """);
        var (id, frozen) = await fixture.FreezeAsync(Of(
            new() { UnitId = unit }, new() { Grades = ["IV.z"] }, new() { PositionKinds = ["Staff"], UnitId = unit }, new() { ListId = list }, new() { PositionIds = [clerk.Position] }));

        frozen.Recipients.ShouldBe(1);
        var row = (await fixture.RecipientsAsync(id)).ShouldHaveSingleItem();
        row.Reasons.ShouldBe(["unit:LIMA", "grade:IV.z", "unit:LIMA + kind:Staff", "list:Lima", "positions:1"], ignoreOrder: true);
        (row.PositionId, row.Title, row.UnitCode, row.Number, row.State, row.Segments).ShouldBe((clerk.Position, "Juru", "LIMA", clerk.Number, RecipientState.Listed, 1));
    }

    [Fact]
    public async Task BRO_1_all_criteria_of_a_rule_hold_rules_add_up_and_a_unit_reaches_what_is_below_it()
    {
        var unit = await fixture.AddUnitAsync("ATAS", fixture.City);
        var below = await fixture.AddUnitAsync("ATAS.1.1", await fixture.AddUnitAsync("ATAS.1", unit));
        var head = await fixture.AddPostAsync(below, "HeadOfUnit", "Kepala Seksi", "IV.a");
        var staff = await fixture.AddPostAsync(below, "Staff", "Staf", "IV.a");
        var other = await fixture.AddPostAsync(fixture.Works, "HeadOfUnit", "Kepala", "IV.a");

        await ReachesAsync(Of(new AudienceRule { UnitId = unit }), head, staff);
        await ReachesAsync(Of(new AudienceRule { UnitId = unit, PositionKinds = ["HeadOfUnit"], Grades = ["IV.a", "III.a"] }), head);
        await ReachesAsync(Of(new() { UnitId = unit, PositionKinds = ["HeadOfUnit"] }, new() { PositionIds = [other.Position] }), head, other);
        await ReachesAsync(Of(new AudienceRule { UnitId = unit, OfficialIds = [staff.Official, other.Official] }), staff);
    }

    [Fact]
    public async Task BRO_1_exclusion_wins_by_any_of_ones_posts()
    {
        var unit = await fixture.AddUnitAsync("KECUALI", fixture.City);
        var (one, two, three) = (await fixture.AddPostAsync(unit, "Staff", "A"), await fixture.AddPostAsync(unit, "Staff", "B"), await fixture.AddPostAsync(unit, "Staff", "C"));
        await fixture.HoldsAsync(two.Official, (await fixture.AddPostAsync(fixture.Works, "Staff", "Kosong", number: "", to: Before)).Position, Before, "Acting");

        var (id, _) = await fixture.FreezeAsync(new() { Include = [new() { UnitId = unit }], Exclude = [new() { UnitId = fixture.Works }, new() { OfficialIds = [three.Official] }] });
        (await fixture.RecipientsAsync(id)).ShouldHaveSingleItem().OfficialId.ShouldBe(one.Official);
    }

    [Fact]
    public async Task BRO_1_of_several_posts_the_highest_is_named_and_who_is_in_by_name_is_in_by_no_post()
    {
        var unit = await fixture.AddUnitAsync("RANGKAP", fixture.City);
        var staff = await fixture.AddPostAsync(unit, "Staff", "Staf");
        var head = await fixture.AddPostAsync(unit, "HeadOfUnit", "Kepala", to: Before);
        await fixture.HoldsAsync(staff.Official, head.Position, Before, "Acting");

        var (byPost, _) = await fixture.FreezeAsync(Of(new AudienceRule { UnitId = unit }));
        var row = await fixture.RecipientAsync(byPost, staff);
        (row.PositionId, row.Title).ShouldBe((head.Position, "Kepala"));
        var (byName, _) = await fixture.FreezeAsync(Of(new() { UnitId = unit }, new() { OfficialIds = [staff.Official] }));
        row = await fixture.RecipientAsync(byName, staff);
        (row.PositionId, row.Title).ShouldBe((null, "Kepala"));
    }

    [Fact]
    public async Task BRO_1_two_people_with_one_phone_get_one_SMS_that_names_nobody_and_both_are_shown()
    {
        var number = "+628130000777";
        var head = await fixture.AddPostAsync(fixture.Health, "HeadOfUnit", "Kepala", number: number);
        var staff = await fixture.AddPostAsync(fixture.Health, "Staff", "Staf", number: number);
        var alone = await fixture.AddPostAsync(fixture.Health, "Staff", "Staf");
        var text = "Kepada {nama}, " + new string('x', 141);
        var (id, frozen) = await fixture.FreezeAsync(People(head, staff, alone), text);

        var (winner, merged) = (await fixture.RecipientAsync(id, head), await fixture.RecipientAsync(id, staff));
        (winner.State, winner.IsShared, winner.Segments).ShouldBe((RecipientState.Listed, true, 1));
        (merged.State, merged.SkipReason, merged.Number, merged.Segments).ShouldBe((RecipientState.Skipped, "same-number", number, 0));
        // His name makes it longer.
        var own = await fixture.RecipientAsync(id, alone);
        (own.IsShared, own.Segments).ShouldBe((false, 2));
        frozen.Recipients.ShouldBe(2);
        frozen.Counts.Sum(count => count.Recipients).ShouldBe(3);
        frozen.Segments.ShouldBe((await fixture.RecipientsAsync(id)).Sum(row => row.Segments));
    }

    [Fact]
    public async Task BRO_1_who_left_office_yields_a_shared_phone_to_who_is_in_office()
    {
        var gone = await fixture.AddPostAsync(fixture.Health, "HeadOfUnit", "Kepala", number: "+628130000778", to: Before);
        var here = await fixture.AddPostAsync(fixture.Health, "Staff", "Staf", number: "+628130000778");
        var (id, _) = await fixture.FreezeAsync(People(gone, here));

        (await fixture.RecipientAsync(id, gone)).SkipReason.ShouldBe("left-office");
        var row = await fixture.RecipientAsync(id, here);
        (row.State, row.IsShared).ShouldBe((RecipientState.Listed, false));
    }

    [Theory]
    [InlineData("+622144445555", "not-mobile")]
    [InlineData("1708", "not-mobile")]
    [InlineData("TELKOMSEL", "not-mobile")]
    [InlineData("", "no-number")]
    public async Task BRO_1_a_number_that_no_SMS_arrives_at_is_skipped_and_counted(string number, string reason)
    {
        var post = await fixture.AddPostAsync(fixture.Health, "Staff", "Staf", number: number);
        var (id, frozen) = await fixture.FreezeAsync(People(post));
        (await fixture.RecipientAsync(id, post)).SkipReason.ShouldBe(reason);
        frozen.Recipients.ShouldBe(0);
        frozen.Counts.ShouldBe([new(RecipientState.Skipped, reason, 1)]);
    }

    [Theory]
    [InlineData("+6281234567890")]
    [InlineData("+62812345678")]
    [InlineData("+6281234567")]
    [InlineData("+628123456789012")]
    [InlineData("+62812345678901")]
    [InlineData("+6284123456789")]
    [InlineData("+622144445555")]
    [InlineData("+6511112222")]
    [InlineData("+12025550123")]
    [InlineData("+0123456789")]
    [InlineData("1708")]
    [InlineData("TELKOMSEL")]
    public async Task BRO_1_the_database_and_the_platform_agree_on_what_a_mobile_number_is(string number) =>
        (await fixture.Database.ScalarAsync<bool>($"select is_mobile('{number}')")).ShouldBe(PhoneNumber.Parse(number).Kind == SenderKind.Mobile);

    [Fact]
    public async Task BRO_4_the_hash_of_a_list_is_over_who_gets_it_by_which_post_at_which_number_and_what_the_text_takes_up_of_him()
    {
        var (one, two) = (await fixture.AddPostAsync(fixture.Health, "Staff", "A"), await fixture.AddPostAsync(fixture.Health, "Staff", "B", number: ""));
        var (id, frozen) = await fixture.FreezeAsync(Of(new() { OfficialIds = [two.Official] }, new() { PositionIds = [one.Position] }));
        frozen.Hash.ShouldBe(SHA256.HashData(Encoding.UTF8.GetBytes($"""["{one.Official}", "{one.Position}", "{one.Number}", false, "{one.Name}", "A", "DINKES"]""")));
        (await fixture.InScopeAsync(db => ListHash.ComputeAsync(db, id, 1, CancellationToken.None))).ShouldBe(frozen.Hash);

        List<string> hashes = [Convert.ToHexString(frozen.Hash)];
        foreach (var change in new[] { "number = '+628999999999'", "is_shared = true", "name = 'Lain'", "title = null", "title = ''", "unit_code = 'DPU'" })
        {
            await fixture.Database.ExecuteAsync($"update recipient set {change} where broadcast_id = '{id}' and official_id = '{one.Official}'");
            hashes.Add(Convert.ToHexString(await fixture.InScopeAsync(db => ListHash.ComputeAsync(db, id, 1, CancellationToken.None))));
        }

        hashes.ShouldBeUnique();
        var (_, nobody) = await fixture.FreezeAsync(People(two));
        nobody.Hash.ShouldBe(SHA256.HashData([]));
    }

    [Fact]
    public async Task BRO_4_of_two_who_freeze_at_once_one_wins_and_there_is_one_list()
    {
        var (id, frozen) = await fixture.FreezeAsync(Of(new AudienceRule { UnitId = fixture.City }));
        var now = fixture.Clock.GetUtcNow();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            try
            {
                return (await fixture.FreezeAgainAsync(id, now)).Hash;
            }
            catch (DbUpdateConcurrencyException)
            {
                return null;
            }
        }));
        outcomes.Count(hash => hash is not null).ShouldBeGreaterThan(0);
        outcomes.Where(hash => hash is not null).ShouldAllBe(hash => hash!.SequenceEqual(frozen.Hash));
        (await fixture.RecipientsAsync(id)).Count(row => row.State == RecipientState.Listed).ShouldBe(frozen.Recipients);
    }

    [Fact]
    public async Task BRO_4_a_correction_goes_to_whom_the_first_one_reached_or_may_have_reached()
    {
        var posts = new List<Post>();
        foreach (var _ in Enumerable.Range(0, 11))
            posts.Add(await fixture.AddPostAsync(fixture.Health, "Staff", "Staf"));
        var (wrong, _) = await fixture.FreezeAsync(People([.. posts]));
        string[] outcomes =
        [
            "state = 'Delivered'", "state = 'Ordered'", "state = 'Failed', at_operator = true", "state = 'Skipped', skip_reason = 'no-number'", "state = 'Skipped', skip_reason = 'same-number'",
            "state = 'Skipped', skip_reason = 'not-mobile'", "state = 'Failed', failure = 'resent'", "state = 'Failed', failure = 'read'", "state = 'Failed'", "state = 'Withdrawn'", "state = 'Skipped', skip_reason = 'left-office'",
        ];
        await fixture.Database.ExecuteAsync($"update broadcast set started_at = now() where id = '{wrong}'");
        foreach (var (post, outcome) in posts.Zip(outcomes))
            await fixture.Database.ExecuteAsync($"update recipient set {outcome} where broadcast_id = '{wrong}' and official_id = '{post.Official}'");

        await fixture.Database.ExecuteAsync($"""
            insert into resend (sms_id, broadcast_id, official_id, attempt, reason, ordered_by, ordered_at, state, status_version, at_operator, is_uncertain, changed_at)
              select gen_random_uuid(), broadcast_id, official_id, 1, 'uji', 'uji', now(), 'Delivered', 1, true, false, now() from recipient where broadcast_id = '{wrong}' and failure = 'resent';
            insert into read_receipt (broadcast_id, official_id, read_at) select broadcast_id, official_id, now() from recipient where broadcast_id = '{wrong}' and failure = 'read'
            """);

        var (id, _) = await fixture.FreezeAsync(new(), corrects: wrong);
        (await fixture.RecipientsAsync(id)).Select(row => row.OfficialId).ShouldBe(posts.Take(8).Select(post => post.Official), ignoreOrder: true);
    }

    private async Task ReachesAsync(Audience audience, params Post[] posts)
    {
        var (id, _) = await fixture.FreezeAsync(audience);
        (await fixture.RecipientsAsync(id)).Where(row => row.State == RecipientState.Listed).Select(row => row.OfficialId).ShouldBe(posts.Select(post => post.Official), ignoreOrder: true);
    }
}
