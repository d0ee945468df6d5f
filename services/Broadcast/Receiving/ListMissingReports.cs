using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Broadcast.Receiving;

/// <summary>What recipients say did not arrive, with the delivery record beside it (KOR 10e).</summary>
internal static class ListMissingReports
{
    /// <param name="OfficialId">Who reports.</param>
    /// <param name="Number">Of his phone when it was sent, masked; null: there was none, or its time is over.</param>
    /// <param name="IsNumberOfToday">The directory has the same number for him now; else a resend goes to another one.</param>
    /// <param name="Note">What he says to the secretariat; it may name a number, so nobody else sees it.</param>
    /// <param name="Sms">What became of the SMS of the broadcast.</param>
    /// <param name="Resends">To him alone, the first one first; at most 20.</param>
    /// <param name="Closing">Somebody closed it without one; of what he reported before, no more.</param>
    public sealed record Item(
        Guid BroadcastId, long BroadcastNumber, string Subject, Guid OfficialId, string Name, string? Title, string? UnitCode, string? Number, bool IsNumberOfToday, string? Note,
        DateTimeOffset ReportedAt, ReportState State, Delivery Sms, IReadOnlyList<Resent> Resends, Closed? Closing);

    public enum ReportState
    {
        /// <summary>Nobody has done anything about it, or what was sent once more since has failed too.</summary>
        Open,
        /// <summary>It went once more since.</summary>
        Resent,
        Closed,
    }

    /// <param name="SkipReason">Why there was none.</param>
    /// <param name="AtOperator">The operator has it, though no handset has confirmed.</param>
    /// <param name="IsUncertain">Nobody knows whether the provider got it.</param>
    /// <param name="Failure">Notification's code.</param>
    /// <param name="ChangedAt">The latest news.</param>
    public sealed record Delivery(RecipientState State, string? SkipReason, bool AtOperator, bool IsUncertain, string? Failure, DateTimeOffset ChangedAt);

    public sealed record Resent(int Attempt, ResendVia Via, string Reason, DateTimeOffset OrderedAt, Delivery Sms);

    public sealed record Closed(string Reason, DateTimeOffset At);

    private const int MostResends = 20;

    public static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapGet("/missing-reports", HandleAsync).WithName(nameof(ListMissingReports))
        .WithSummary("What recipients say did not arrive, newest first; open: not closed, and what was resent since, if anything, has failed").RequirePermission(Permissions.HandleMissingReports).ProducesValidationProblem();

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        Guid? broadcastId, bool? open, [StringLength(64)] string? cursor, ClaimsPrincipal user, BroadcastDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var resends = db.Set<Resend>();
        var closings = db.Set<MissingReportClosing>();
        var isSecretariat = Permissions.RunBroadcasts.IsGivenTo(user);
        var reports = db.MissingReportsFor(user).Where(m => m.ReportedAt < before || (m.ReportedAt == before && m.OfficialId.CompareTo(beforeId) < 0));
        if (broadcastId is { } one)
            reports = reports.Where(m => m.BroadcastId == one);
        if (open is { } isOpen)
        {
            reports = reports.Where(m => isOpen != (resends.Any(r => r.BroadcastId == m.BroadcastId && r.OfficialId == m.OfficialId && r.OrderedAt >= m.ReportedAt && r.State != RecipientState.Failed
                    && !resends.Any(later => later.BroadcastId == m.BroadcastId && later.OfficialId == m.OfficialId && later.Attempt > r.Attempt))
                || closings.Any(c => c.BroadcastId == m.BroadcastId && c.OfficialId == m.OfficialId && c.No == m.No)));
        }

        var rows = await (
            from m in reports
            join b in db.Broadcasts on m.BroadcastId equals b.Id
            join r in db.Recipients on new { m.BroadcastId, b.Revision, m.OfficialId } equals new { r.BroadcastId, r.Revision, r.OfficialId }
            orderby m.ReportedAt descending, m.OfficialId descending
            select new
            {
                Report = m,
                b.Number,
                b.Subject,
                Recipient = r,
                Closing = closings.Where(c => c.BroadcastId == m.BroadcastId && c.OfficialId == m.OfficialId && c.No == m.No).Select(c => new Closed(c.Reason, c.ClosedAt)).FirstOrDefault(),
                Phone = db.Set<Contact>().Where(c => c.OfficialId == m.OfficialId).Select(c => c.NoticePhone).FirstOrDefault(),
            }).Take(Paging.PageSize + 1).ToListAsync(stop);
        var (ids, broadcasts) = (rows.ConvertAll(row => row.Report.OfficialId), rows.ConvertAll(row => row.Report.BroadcastId));
        var resent = (await resends.AsNoTracking().Where(r => broadcasts.Contains(r.BroadcastId) && ids.Contains(r.OfficialId) && r.Attempt <= MostResends).ToListAsync(stop)).OrderBy(r => r.Attempt).ToLookup(r => (r.BroadcastId, r.OfficialId));
        return TypedResults.Ok(Paging.PageOf(
            rows.ConvertAll(row => new Item(
                row.Report.BroadcastId, row.Number, row.Subject, row.Report.OfficialId, row.Recipient.Name, row.Recipient.Title, row.Recipient.UnitCode,
                row.Recipient.Number is { } number ? PhoneNumber.Mask(number) : null, row.Recipient.Number is not null && row.Recipient.Number == row.Phone,
                isSecretariat ? row.Report.Note : null, row.Report.ReportedAt,
                row.Closing is not null ? ReportState.Closed : IsHelpedBy(resent[(row.Report.BroadcastId, row.Report.OfficialId)].LastOrDefault(), row.Report) ? ReportState.Resent : ReportState.Open,
                Of(row.Recipient), [.. resent[(row.Report.BroadcastId, row.Report.OfficialId)].Select(r => new Resent(r.Attempt, r.Via, r.Reason, r.OrderedAt, Of(r)))], row.Closing)),
            last => Paging.Cursor(last.ReportedAt, last.OfficialId)));
    }

    private static bool IsHelpedBy(Resend? latest, MissingReport report) => latest is not null && latest.OrderedAt >= report.ReportedAt && latest.State != RecipientState.Failed;

    private static Delivery Of(Recipient r) => new(r.State, r.SkipReason, r.AtOperator, r.IsUncertain, r.Failure, r.ChangedAt);

    private static Delivery Of(Resend r) => new(r.State, null, r.AtOperator, r.IsUncertain, r.Failure, r.ChangedAt);
}
