using System.Data.Common;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Inbox;

/// <summary>What a page of the inbox costs, counted in blocks and not in time: twenty times the cases are no more work.</summary>
public sealed class InboxAtSizeTests
{
    private const int Few = 5_000;
    private const int Many = 100_000;

    // Of 20: the index grows a level, and where it forks the planner can take another way. Of a common word's matches the index counts 2,000 at most, and the way to a page is some steps long.
    private const double MostGrowth = 3;
    private const double MostGrowthOfMatches = 10;

    // The planner may look into the index of each of the thousand positions before it asks which are the caller's: three blocks each, whatever is in it.
    private const long LeastBlocks = 1100;

    private static readonly DateTimeOffset Now = new(2026, 1, 5, 2, 0, 0, TimeSpan.Zero);
    private static readonly InboxCriteria Everything = new(null, null, null, null, null, null, null, null, null, Overdue: false, null, null, InboxSort.Newest);

    private static readonly (string What, InboxCriteria Criteria)[] Questions =
    [
        ("newest", Everything),
        ("urgent", Everything with { Sort = InboxSort.Urgent }),
        ("overdue", Everything with { Overdue = true }),
        ("answered", Everything with { Status = CaseStatus.Answered }),
        ("keyword", Everything with { Keyword = LargeInbox.Keyword }),
        ("mine", Everything with { Handler = LargeInbox.Staff }),
        ("a number", Everything with { CaseNumber = 4000 }),
        ("a rare word", Everything with { Words = LargeInbox.RareWord }),
        ("a common word", Everything with { Words = LargeInbox.CommonWord }),
        ("a word that the unit never uses", Everything with { Words = "tidakpernah" }),
        ("a period", Everything with { From = Now.AddHours(-30), To = Now.AddHours(-20) }),
    ];

    [Fact]
    public async Task SMS_4_a_page_costs_the_same_whatever_has_been_received_before()
    {
        await using var few = await TestDatabase.CreateAsync("inboundsms", typeof(InboundSmsDb).Assembly);
        await using var many = await TestDatabase.CreateAsync("inboundsms", typeof(InboundSmsDb).Assembly);
        await LargeInbox.MakeAsync(few.Administrator, Few, Now);
        await LargeInbox.MakeAsync(many.Administrator, Many, Now);
        ClaimsPrincipal[] people = [Person(LargeInbox.Staff, Roles.Official), Person(LargeInbox.Head, Roles.Official), Person(Guid.Empty, Roles.Secretary)];
        var grown = new List<string>();
        foreach (var (who, person) in new[] { "staff", "head", "secretariat" }.Zip(people))
        {
            foreach (var (what, criteria) in Questions)
            {
                foreach (var after in new (DateTimeOffset, Guid)?[] { null, (Now.AddHours(-12), Guid.Empty) })
                {
                    var (before, now) = (await BlocksAsync(few, person, criteria, after), await BlocksAsync(many, person, criteria, after));
                    if (now > (criteria.Words == LargeInbox.CommonWord ? MostGrowthOfMatches : MostGrowth) * Math.Max(before, LeastBlocks))
                        grown.Add(string.Create(CultureInfo.InvariantCulture, $"{who}, {what}{(after is null ? "" : ", a later page")}: {before} blocks of {Few} cases, {now} of {Many}"));
                }
            }
        }

        grown.ShouldBeEmpty();
    }

    private static async Task<long> BlocksAsync(TestDatabase database, ClaimsPrincipal person, InboxCriteria criteria, (DateTimeOffset, Guid)? after)
    {
        var asked = new Asked();
        await using var db = new InboundSmsDb(new DbContextOptionsBuilder<InboundSmsDb>().UseNpgsql(database.Runtime + ";Pooling=false").AddInterceptors(asked).Options);
        var page = criteria.Words is { } words ? db.Among((await db.FindAsync(person, words, criteria, after, new(), Now, CancellationToken.None)).Cases, criteria, after, Now) : db.Page(person, criteria, after, Now);
        await page.ToListAsync();
        await db.Database.OpenConnectionAsync();
        var blocks = 0L;
        foreach (var command in asked.Commands)
        {
            await using var explained = command;
            explained.Connection = (NpgsqlConnection)db.Database.GetDbConnection();
            explained.CommandText = $"explain (analyze, buffers, format json) {explained.CommandText}";
            using var plan = JsonDocument.Parse((string)(await explained.ExecuteScalarAsync())!);
            var top = plan.RootElement[0].GetProperty("Plan");
            blocks += top.GetProperty("Shared Hit Blocks").GetInt64() + top.GetProperty("Shared Read Blocks").GetInt64();
        }

        return blocks;
    }

    /// <summary>What was asked of the database for one page.</summary>
    private sealed class Asked : DbCommandInterceptor
    {
        public List<NpgsqlCommand> Commands { get; } = [];

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Commands.Add(((NpgsqlCommand)command).Clone());
            return new(result);
        }
    }

    private static ClaimsPrincipal Person(Guid official, string role) => new(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, official.ToString()), new(ClaimTypes.Role, role), .. official == Guid.Empty ? [] : new[] { new Claim("official", official.ToString()) }], "test"));
}
