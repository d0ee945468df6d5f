using System.Text.RegularExpressions;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using Redis.OM;
using Redis.OM.Searching;

namespace InboundSms.Publishing;

/// <summary>
/// The same search by Redis 8, where its query engine answers. It only finds: what is shown comes from PostgreSQL, so that what Redis still holds of a case that was
/// taken down shows nothing. Without Redis, or while it is slow or not filled, PostgreSQL finds.
/// </summary>
internal sealed partial class RedisSearch(PostgresSearch postgres, RedisIndex index) : IPublicSearch
{
    /// <summary>More than a page, because the page's last instant can be that of several.</summary>
    private const int Spare = 50;

    [GeneratedRegex(@"[\p{L}\p{N}]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    public async Task<IQueryable<PublicCase>> FindAsync(InboundSmsDb db, PublicQuery query, DateTimeOffset now, int atMost, CancellationToken stop)
    {
        // Redis would take signs for operators: only letters and digits go there. What needs more is PostgreSQL's, and so is what is not in the index.
        if (index.Documents is not { } documents || query is not { Words: { } words, Class: null } || words.AsSpan().ContainsAny('"', '-'))
            return await postgres.FindAsync(db, query, now, atMost, stop);
        var terms = Word().Matches(words).Select(word => word.Value).Take(8).ToList();
        if (terms.Count == 0)
            return db.PublicCases.Where(_ => false);

        var until = RedisIndex.Microseconds(query.Before < now ? query.Before : now);
        var found = documents.Where(c => c.PublishAt <= until);
        if (query.From is { } from)
        {
            var first = RedisIndex.Microseconds(from);
            found = found.Where(c => c.ReceivedAt >= first);
        }

        if (query.To is { } to)
        {
            var end = RedisIndex.Microseconds(to);
            found = found.Where(c => c.ReceivedAt < end);
        }

        if (query.Unit is { } code)
        {
            var unit = (await db.Units.Where(u => u.Code == code).Select(u => (Guid?)u.Id).SingleOrDefaultAsync(stop))?.ToString("n") ?? "none";
            found = found.Where(c => c.UnitId == unit);
        }

        try
        {
            var page = await found.Raw($"@Words:({string.Join(' ', terms)})").OrderByDescending(c => c.PublishAt).Take(atMost + Spare).ToListAsync().WaitAsync(stop);
            var ids = page.Select(c => Guid.ParseExact(c.Id!, "n")).ToList();
            return PostgresSearch.Fitting(db, query, now).Where(c => ids.Contains(c.AnswerId));
        }
        catch (Exception fault) when (RedisIndex.IsRedisFault(fault))
        {
            index.Lose(fault);
            return await postgres.FindAsync(db, query, now, atMost, stop);
        }
    }
}
