using System.Security.Claims;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.DirectoryCopy;

namespace InboundSms.Inbox;

/// <summary>What one page may cost.</summary>
/// <param name="Matches">Of words that no more cases have, the index gives all, and they are sorted.</param>
/// <param name="Walked">Of commoner words so many cases are looked through at least, before a page ends with what was found.</param>
internal sealed record WordBounds(int Matches = 2_000, int Walked = 20_000);

/// <summary>
/// Cases by their words. Where words are rare the index gives them at once, in no order; where they are common it would give a hundred thousand cases to be sorted for
/// fifty, but the newest fifty are among the newest few hundred: these are walked through in their order. Both ways give the same pages.
/// </summary>
internal static class InboxWords
{
    // One step of the walk in the beginning; with the next, which is twice as long, words in every tenth message fill a page.
    private const int Step = 256;

    private sealed record Passed(Guid CaseId, Guid? PositionId, DateTimeOffset ReceivedAt, DateTimeOffset DueAt, Priority Priority, Guid FirstMessageId, bool Says);

    /// <summary>The cases of a page, or more, and where it goes on if they do not fill it and others can follow.</summary>
    public static async Task<(List<Guid> Cases, (DateTimeOffset Time, Guid Id)? GoesOn)> FindAsync(
        this InboundSmsDb db, ClaimsPrincipal user, string words, InboxCriteria criteria, (DateTimeOffset Time, Guid Id)? after, WordBounds bounds, DateTimeOffset now, CancellationToken stop)
    {
        var positions = db.PositionsAsked(user, criteria, now) is { } asked ? await asked.Select(position => position.Id).ToListAsync(stop) : null;
        var matches = await MatchesAsync(db, positions, words, bounds.Matches + 1, stop);
        return matches.Count <= bounds.Matches
            ? (matches, null)
            : await WalkAsync(db, positions, words, criteria, after, bounds.Walked, now, stop);
    }

    /// <summary>So many at most, whichever.</summary>
    private static Task<List<Guid>> MatchesAsync(InboundSmsDb db, List<Guid>? positions, string words, int most, CancellationToken stop) => (positions is null
        ? db.Database.SqlQuery<Guid>($"""select case_id as "Value" from case_words where words @@ websearch_to_tsquery('indonesian', {words}) limit {most}""")
        // One position after the other: the index holds both, and what the caller's positions have of the words can be far from what the city has.
        : db.Database.SqlQuery<Guid>($"""
            select said.case_id as "Value" from unnest({positions}) as asked (position_id) cross join lateral (
              select case_id from case_words w where w.position_id = asked.position_id and words @@ websearch_to_tsquery('indonesian', {words}) limit {most}) said
            limit {most}
            """)).ToListAsync(stop);

    private static async Task<(List<Guid> Cases, (DateTimeOffset Time, Guid Id)? GoesOn)> WalkAsync(
        InboundSmsDb db, List<Guid>? positions, string words, InboxCriteria criteria, (DateTimeOffset Time, Guid Id)? after, int most, DateTimeOffset now, CancellationToken stop)
    {
        var asked = positions is null ? null : db.Positions.Where(position => positions.Contains(position.Id));
        // Of each position more than its share of a step, for a few have most of the cases.
        var (found, walked, together, each) = (new List<Guid>(), 0, Step, Math.Max(16, 4 * Step / Math.Max(1, positions?.Count ?? 1)));
        while (true)
        {
            var next = await db.First(asked, criteria, after, now, each, together).Select(c => new Passed(
                c.Id, c.PositionId, c.ReceivedAt, c.DueAt, c.Priority, c.FirstMessageId,
                // A value and no condition: as a condition the planner may turn it round, and read all that match.
                db.CaseWords.Where(w => w.CaseId == c.Id).Select(w => w.Words.Matches(EF.Functions.WebSearchToTsQuery("indonesian", words))).SingleOrDefault()))
                .ToListAsync(stop);
            // Behind the last that was asked of a position another of it may follow, before those of other positions.
            var full = positions is null ? [] : next.Index().GroupBy(one => one.Item.PositionId, one => one.Index).Where(of => of.Count() == each).Select(of => of.Max() + 1).ToList();
            var sure = full.Count == 0 ? next.Count : full.Min();
            found.AddRange(next.Take(sure).Where(one => one.Says).Select(one => one.CaseId));
            walked += sure;
            if (found.Count > Paging.PageSize || (full.Count == 0 && next.Count < together))
                return (found, null);
            var last = next[sure - 1];
            after = InboxQuery.PlaceOf(criteria.Sort, last.ReceivedAt, last.DueAt, last.Priority, last.FirstMessageId);
            if (walked >= most)
                return (found, after);
            (each, together) = sure < together ? (each * 2, together) : (each, together * 2);
        }
    }
}
