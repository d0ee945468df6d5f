using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Broadcast.Audiences;
using Broadcast.Storage;
using Broadcast.Tests.Testing;

namespace Broadcast.Tests.Audiences;

/// <summary>Lists of whole organisations, checked against rules that are written once more in C#.</summary>
public sealed class LargeAudienceTests(BroadcastFixture fixture) : IClassFixture<BroadcastFixture>
{
    private const int Officials = 5_000;
    private const int Units = 200;

    // 00.00 in the city, between the approval and the sending.
    private static readonly DateTimeOffset Midnight = new(2026, 1, 5, 17, 0, 0, TimeSpan.Zero);

    private const string IdFunction = """
        create or replace function id_of(what text) returns uuid language sql immutable parallel safe return encode(substring(sha256(what::bytea) for 16), 'hex')::uuid;
        """;

    private static Guid IdOf(string what) => Guid.ParseExact(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)).AsSpan(0, 16)), "N");

    private static string KindOf(int n) => n % 25 == 0 ? "HeadOfUnit" : "Staff";

    private static string GradeOf(int n) => $"G{n % 7}";

    private static bool IsBelow(int unit, int above)
    {
        for (; unit > above; unit = (unit - 1) / 8)
        {
        }

        return unit == above;
    }

    [Fact]
    public async Task BRO_1_rules_on_an_organisation_of_five_thousand_and_moves_at_midnight()
    {
        await fixture.Database.ExecuteAsync($"""
            {IdFunction}
            insert into organisation.unit (id, code, name, parent_id, version)
            select id_of('unit' || n), 'U' || n, 'Unit ' || n, case when n > 0 then id_of('unit' || (n - 1) / 8) end, 1 from generate_series(0, {Units - 1}) n;
            insert into organisation.position (id, unit_id, code, title, kind, grade, version)
            select id_of('position' || n), id_of('unit' || n % {Units}), 'P' || n, 'Jabatan ' || n, case when n % 25 = 0 then 'HeadOfUnit' else 'Staff' end, 'G' || n % 7, 1
            from generate_series(0, {Officials - 1}) n;
            insert into organisation.official (id, name, version) select id_of('official' || n), 'Pegawai ' || n, 1 from generate_series(0, {Officials - 1}) n;
            insert into contacts.contact (official_id, notice_phone, version) select id_of('official' || n), '+62813' || 40000000 + n, 1 from generate_series(0, {Officials - 1}) n;
            -- Each tenth hands his post on to the next but 1,010 at midnight, and retires where nobody hands him one.
            insert into organisation.assignment (id, official_id, position_id, kind, valid_from, valid_to, version)
            select id_of('assignment' || n), id_of('official' || n), id_of('position' || n), 'Definitive', '2020-01-01', case when n % 10 = 0 then timestamptz '{Midnight:O}' end, 1
            from generate_series(0, {Officials - 1}) n;
            insert into organisation.assignment (id, official_id, position_id, kind, valid_from, version)
            select id_of('next' || n), id_of('official' || (n + 1010)), id_of('position' || n), 'Definitive', '{Midnight:O}', 1
            from generate_series(0, {Officials - 1011}, 10) n
            """);
        var audience = new Audience
        {
            Include = [new() { UnitId = IdOf("unit1") }, new() { UnitId = IdOf("unit0"), PositionKinds = ["HeadOfUnit"] }, new() { UnitId = IdOf("unit2"), Grades = ["G1", "G2"] }],
            Exclude = [new() { UnitId = IdOf("unit9") }, new() { Grades = ["G6"], PositionKinds = ["HeadOfUnit"] }],
        };
        bool Includes(int post) => IsBelow(post % Units, 1) || KindOf(post) == "HeadOfUnit" || (IsBelow(post % Units, 2) && GradeOf(post) is "G1" or "G2");
        bool Excludes(int post) => IsBelow(post % Units, 9) || (GradeOf(post) == "G6" && KindOf(post) == "HeadOfUnit");
        bool IsIn(int? post) => post is { } held && Includes(held) && !Excludes(held);
        var (before, after) = (new Dictionary<Guid, int?>(), new Dictionary<Guid, int?>());
        foreach (var n in Enumerable.Range(0, Officials))
        {
            before[IdOf($"official{n}")] = n;
            after[IdOf($"official{n}")] = n % 10 != 0 ? n : n >= 1010 ? n - 1010 : null;
        }

        var (id, frozen) = await fixture.FreezeAsync(audience, withArrivals: true);
        Listed(await fixture.RecipientsAsync(id)).ShouldBe(before.Keys.Where(official => IsIn(before[official])), ignoreOrder: true);
        frozen.Recipients.ShouldBeInRange(500, 4_500);

        var sent = await fixture.RefreshAsync(id, Midnight);
        var rows = await fixture.RecipientsAsync(id);
        // In the list, and either still in the post by which he came or in another one of the audience; and whoever came into one.
        Listed(rows).ShouldBe(before.Keys.Where(official => (IsIn(before[official]) && before[official] == after[official]) || IsIn(after[official])), ignoreOrder: true);
        rows.Where(row => row.IsArrival).Select(row => row.OfficialId).ShouldBe(before.Keys.Where(official => !IsIn(before[official]) && IsIn(after[official])), ignoreOrder: true);
        rows.Count(row => row.IsArrival).ShouldBeGreaterThan(0);
        rows.Count(row => row.SkipReason == "left-office").ShouldBe(before.Keys.Count(official => IsIn(before[official]) && before[official] != after[official] && !IsIn(after[official])));
        rows.Count(row => row.State == RecipientState.Listed).ShouldBe(rows.Where(row => row.State == RecipientState.Listed).Select(row => row.Number).Distinct().Count());
        (rows.Count(row => !row.IsArrival), sent.Counts.Sum(count => count.Recipients)).ShouldBe((frozen.Counts.Sum(count => count.Recipients), rows.Count));
    }

    /// <summary>
    /// The data of a known fan-out: for each fiftieth person another one has the phone of somebody, each two hundredth has left office. <c>AUDIENCE_CONTACTS=100000</c> is the full size.
    /// </summary>
    [Fact]
    public async Task BRO_1_eleven_overlapping_groups_with_shared_phones_come_out_exactly()
    {
        var contacts = int.Parse(Environment.GetEnvironmentVariable("AUDIENCE_CONTACTS") ?? "10000", CultureInfo.InvariantCulture);
        var twins = contacts / 50;
        await fixture.Database.ExecuteAsync($"""
            {IdFunction}
            create temp table person as
            select id_of('contact' || i) as id, i, '+62812' || lpad(i::text, 8, '0') as number, i % 200 <> 0 as is_active from generate_series(1, {contacts}) i
            union all select id_of('twin' || j), j, '+62812' || lpad((7 * j)::text, 8, '0'), true from generate_series(1, {twins}) j;
            insert into organisation.unit (id, code, name, version) values (id_of('T1'), 'T1', 'T1', 1);
            insert into organisation.official (id, name, version) select id, 'Pegawai ' || i, 1 from person;
            insert into contacts.contact (official_id, notice_phone, version) select id, number, 1 from person;
            insert into organisation.position (id, unit_id, code, title, kind, version) select id, id_of('T1'), 'T' || i, 'Staf', 'Staff', 1 from person where is_active;
            insert into organisation.assignment (id, official_id, position_id, valid_from, version) select id, id, id, '2020-01-01', 1 from person where is_active;
            insert into recipient_list (id, name, created_by, created_at, version) select id_of('group' || g), 'Grup ' || g, 'test', '2020-01-01', 1 from generate_series(0, 10) g;
            insert into recipient_list_entry (id, list_id, official_id, added_by, added_at) select gen_random_uuid(), id_of('group' || i % 10), id, 'test', '2020-01-01' from person;
            insert into recipient_list_entry (id, list_id, official_id, added_by, added_at) select gen_random_uuid(), id_of('group10'), id, 'test', '2020-01-01' from person where i % 3 = 0;
            analyze organisation.assignment; analyze organisation.position; analyze organisation.official; analyze contacts.contact; analyze recipient_list_entry;
            """);
        var left = contacts / 200;
        var same = twins - (twins / 200);

        var started = Stopwatch.GetTimestamp();
        var (id, frozen) = await fixture.FreezeAsync(new() { Include = [.. Enumerable.Range(0, 11).Select(group => new AudienceRule { ListId = IdOf($"group{group}") })] });
        var froze = Stopwatch.GetElapsedTime(started);
        frozen.Counts.ShouldBe(
        [
            new(RecipientState.Listed, null, contacts + twins - left - same), new(RecipientState.Skipped, "left-office", left), new(RecipientState.Skipped, "same-number", same),
        ]);
        frozen.Recipients.ShouldBe(frozen.Segments);
        started = Stopwatch.GetTimestamp();
        (await fixture.RefreshAsync(id, Midnight)).Counts.ShouldBe(frozen.Counts);
        TestContext.Current.TestOutputHelper?.WriteLine($"{frozen.Recipients} recipients of {contacts + twins}: frozen in {froze.TotalSeconds:0.0} s, refreshed in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        // In group 10 too, for each third.
        (await fixture.Database.ScalarAsync<long>($"select sum(cardinality(reasons))::bigint from recipient where broadcast_id = '{id}'")).ShouldBe(contacts + twins + (contacts / 3) + (twins / 3));
    }

    private static IEnumerable<Guid> Listed(IEnumerable<Recipient> rows) => rows.Where(row => row.State == RecipientState.Listed).Select(row => row.OfficialId);
}
