using System.ComponentModel.DataAnnotations;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Broadcast.Receiving;

/// <summary>Notice phones that somebody should look after (KOR 10g): the latest SMS of a broadcast to it finally failed, or it said STOP. A number that the directory has changed since is none.</summary>
internal static class ListDoubtfulNumbers
{
    /// <param name="Number">Masked.</param>
    /// <param name="FailedAt">The latest broadcast to this very number failed then; null: it did not.</param>
    /// <param name="Failure">Notification's code.</param>
    /// <param name="Failures">Of the last five broadcasts to this number, how many failed.</param>
    /// <param name="StoppedAt">It said STOP then and has not taken it back.</param>
    public sealed record Item(Guid OfficialId, string Name, string Number, DateTimeOffset? FailedAt, string? Failure, long Failures, DateTimeOffset? StoppedAt);

    private sealed record Row(Guid OfficialId, string Name, string Number, DateTimeOffset? FailedAt, string? Failure, long Failures, DateTimeOffset? StoppedAt, string? Stopped);

    public static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapGet("/doubtful-numbers", HandleAsync).WithName(nameof(ListDoubtfulNumbers))
        .WithSummary("Officials whose phone did not get the latest SMS, or said STOP").RequirePermission(Permissions.RunBroadcasts).ProducesValidationProblem();

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync([StringLength(64)] string? cursor, BroadcastDb db, Pseudonyms pseudonyms, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out _, out var after))
            return Problems.Invalid(nameof(cursor), "cursor");
        if (cursor is null or "")
            after = Guid.Empty;
        // What expired in a queue of ours or was taken back says nothing about a phone.
        var rows = await db.Database.SqlQuery<Row>($"""
            select c.official_id as "OfficialId", coalesce(o.name, '') as "Name", c.notice_phone as "Number", latest.changed_at as "FailedAt", latest.failure as "Failure",
              coalesce(lately.failures, 0) as "Failures", s.at as "StoppedAt", s.pseudonym as "Stopped"
            from contacts.contact c
            left join organisation.official o on o.id = c.official_id
            left join stopped_number s on s.official_id = c.official_id and s.is_out
            left join lateral (
              select count(*) filter (where state = 'Failed') as failures, (array_agg(state order by broadcast_id desc))[1] as state
              from (select broadcast_id, state from recipient r
                where r.official_id = c.official_id and r.number = c.notice_phone and (r.state = 'Delivered' or (r.state = 'Failed' and coalesce(r.failure, '') <> 'expired'))
                order by broadcast_id desc limit 5) five) lately on true
            left join lateral (
              select changed_at, failure from recipient r
              where lately.state = 'Failed' and r.official_id = c.official_id and r.number = c.notice_phone and r.state = 'Failed' order by broadcast_id desc limit 1) latest on true
            where c.notice_phone is not null and c.official_id > {after} and (lately.state = 'Failed' or s.official_id is not null)
            order by c.official_id limit {Paging.PageSize + 1}
            """).ToListAsync(stop);
        var page = Paging.PageOf(rows, last => Paging.Cursor(DateTimeOffset.UnixEpoch, last.OfficialId));
        // STOP of a number that he has no more is not this number's; with no other doubt it is none.
        return TypedResults.Ok(new Page<Item>(
            [.. page.Items.Select(row => new Item(
                row.OfficialId, row.Name, PhoneNumber.Mask(row.Number), row.FailedAt, row.Failure, row.Failures, row.Stopped == pseudonyms.Of(row.Number) ? row.StoppedAt : null))
                .Where(item => item.FailedAt is not null || item.StoppedAt is not null)], page.Next));
    }
}
