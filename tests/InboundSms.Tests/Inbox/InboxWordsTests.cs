using System.Security.Claims;
using InboundSms.Answering;
using InboundSms.Deadlines;
using InboundSms.Inbox;
using InboundSms.Storage;
using InboundSms.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Inbox;

public sealed class InboxWordsFixture : InboundSmsFixture
{
    public const string Uneven = "00000000-0000-0000-0002-000000000000";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await LargeInbox.MakeAsync(Database.Administrator, 6_000, Clock.GetUtcNow());
        // One position has more than a page, some cases are urgent, and several came and are due at one instant, which the service itself can never make of those it has.
        await Database.ExecuteAsync($"""
            update sms_case set position_id = '{Uneven}' where number % 25 = 0;
            update sms_case set priority = 'Emergency' where number % 17 = 0;
            set session_replication_role = replica;
            update sms_case set received_at = date_trunc('hour', received_at), due_at = date_trunc('hour', due_at) where number % 3 = 0;
            """);
    }
}

/// <summary>Rare words come from the index, common ones are walked to; how rare, is a bound: it is set so that each way is taken for all words.</summary>
public sealed class InboxWordsTests(InboxWordsFixture fixture) : IClassFixture<InboxWordsFixture>
{
    private static readonly InboxCriteria Everything = new(null, null, null, null, null, null, null, null, null, Overdue: false, null, null, InboxSort.Newest);

    private static readonly (string What, WordBounds Bounds)[] Ways =
    [
        ("all from the index", new(Matches: 1_000_000)), ("walked to", new(Matches: 0, Walked: int.MaxValue)), ("walked to in short ways", new(Matches: 0, Walked: 1)), ("as it is", new()),
    ];

    public static MatrixTheoryData<string, string> Questions => new(
        [LargeInbox.CommonWord, LargeInbox.RareWord, "keluhan -rusak", "tidakpernah"], ["newest", "urgent", "answered"]);

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task SMS_4_words_have_the_same_pages_in_the_same_order_whichever_way_leads_to_them(string words, string what)
    {
        var (criteria, condition, order) = what switch
        {
            "newest" => (Everything, "true", "c.received_at desc, c.first_message_id desc"),
            "urgent" => (Everything with { Sort = InboxSort.Urgent }, "c.status in ('Unassigned', 'Open', 'AnswerFailed')", "c.priority, c.due_at, c.first_message_id"),
            _ => (Everything with { Status = CaseStatus.Answered }, "c.status = 'Answered'", "c.received_at desc, c.first_message_id desc"),
        };
        foreach (var (who, positions) in new[] { (Person(LargeInbox.Staff, Roles.Official), 20), (Person(LargeInbox.Head, Roles.Official), 220), (Person(Guid.Empty, Roles.Secretary), 1000) })
        {
            var expected = await Servers.TextsAsync(fixture.Database.Name, $"""
                select c.first_message_id::text from sms_case c join case_words w on w.case_id = c.id
                where w.words @@ websearch_to_tsquery('indonesian', $1) and right(c.position_id::text, 12)::int < {positions} and {condition} order by {order}
                """, words);
            foreach (var (way, bounds) in Ways)
            {
                var pages = await PagesAsync(who, criteria with { Words = words }, bounds, expected.Count + 1);
                pages.SelectMany(page => page).ShouldBe(expected.Select(Guid.Parse), $"{way}, {positions} positions");
                // None is short before the last, but where the way was.
                if (bounds.Walked > 1)
                    pages.SkipLast(1).ShouldAllBe(page => page.Count == Paging.PageSize);
            }
        }
    }

    [Fact]
    public async Task SMS_4_who_reads_nothing_finds_no_words()
    {
        foreach (var (_, bounds) in Ways)
            (await PagesAsync(Person(Guid.CreateVersion7(), Roles.Official), Everything with { Words = "keluhan" }, bounds, 1)).ShouldHaveSingleItem().ShouldBeEmpty();
    }

    /// <summary>From the first to the last.</summary>
    private async Task<List<List<Guid>>> PagesAsync(ClaimsPrincipal who, InboxCriteria criteria, WordBounds bounds, int most)
    {
        var (pages, after) = (new List<List<Guid>>(), ((DateTimeOffset, Guid)?)null);
        do
        {
            await using var scope = fixture.Services.CreateAsyncScope();
            T Service<T>() where T : notnull => scope.ServiceProvider.GetRequiredService<T>();
            var page = await ListMessages.PageAsync(
                Service<InboundSmsDb>(), who, criteria, after, bounds, Service<IOptions<AnsweringOptions>>().Value, Service<CaseClocks>(), fixture.Clock.GetUtcNow(), CancellationToken.None);
            pages.Add([.. page.Items.Select(item => item.Id)]);
            Paging.TryReadCursor(page.Next, out var time, out var id).ShouldBeTrue();
            after = page.Next is null ? null : (time, id);
        }
        while (after is not null && pages.Count <= most);
        return pages;
    }

    private static ClaimsPrincipal Person(Guid official, string role) => new(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, official.ToString()), new(ClaimTypes.Role, role), .. official == Guid.Empty ? [] : new[] { new Claim("official", official.ToString()) }], "test"));
}
