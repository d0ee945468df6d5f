using System.Diagnostics;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;

namespace InboundSms.Publishing;

/// <summary>
/// <c>--rebuild-public-search</c>: makes the public copy anew from what is published, page by page, beside a service that runs; what should not be there goes. Nothing
/// is sealed again: what was shown does not change.
/// </summary>
internal static partial class RebuildPublicSearch
{
    public const string Verb = "--rebuild-public-search";

    private const int PageSize = 200;

    public static async Task<int> RunAsync(IServiceProvider services, ILogger log, CancellationToken stop)
    {
        var clock = services.GetRequiredService<TimeProvider>();
        var started = Stopwatch.GetTimestamp();
        long done = 0, changed = 0;
        var after = Guid.Empty;
        while (true)
        {
            await using var scope = services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<InboundSmsDb>();
            await using var transaction = await db.Database.BeginTransactionAsync(stop);
            // Nobody masks or takes down one of these meanwhile.
            var page = await db.Publications.FromSql($"""
                select p.* from publication p join sms_case c on c.id = p.case_id join message_content m on m.message_id = c.first_message_id
                where p.published_at is not null and p.answer_id > {after} order by p.answer_id limit {PageSize} for update of p
                """).AsNoTracking().ToListAsync(stop);
            if (page.Count == 0)
                break;
            var ids = page.ConvertAll(publication => publication.AnswerId);
            var before = await db.PublicCases.Where(c => ids.Contains(c.AnswerId)).ToDictionaryAsync(c => c.AnswerId, stop);
            foreach (var publication in page)
            {
                var (shown, _, _) = await db.MakeAsync(publication, clock.GetUtcNow(), stop);
                if (!before.TryGetValue(publication.AnswerId, out var there))
                    db.Add(shown);
                else if ((there.Question, there.Answer, there.PublishAt) != (shown.Question, shown.Answer, shown.PublishAt))
                    (there.PublishAt, there.ChangedAt, there.Question, there.Answer) = (shown.PublishAt, shown.ChangedAt, shown.Question, shown.Answer);
            }

            changed += db.ChangeTracker.Entries().Count(entry => entry.State is EntityState.Added or EntityState.Modified);
            await db.SaveChangesAsync(stop);
            await transaction.CommitAsync(stop);
            (done, after) = (done + page.Count, page[^1].AnswerId);
            Progress(log, done, changed);
        }

        var all = services.GetRequiredService<InboundSmsDb>();
        var gone = await all.PublicCases.Where(c => !all.Publications.Any(p => p.AnswerId == c.AnswerId && p.PublishedAt != null)).ExecuteDeleteAsync(stop);
        Done(log, done, changed, gone, Stopwatch.GetElapsedTime(started).TotalSeconds);
        return 0;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Done} publications looked at, {Changed} made anew")]
    private static partial void Progress(ILogger log, long done, long changed);

    [LoggerMessage(Level = LogLevel.Information, Message = "All {Done} publications looked at in {Seconds} s: {Changed} made anew, {Gone} removed")]
    private static partial void Done(ILogger log, long done, long changed, long gone, double seconds);
}
