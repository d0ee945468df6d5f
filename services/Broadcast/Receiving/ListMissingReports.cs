using System.ComponentModel.DataAnnotations;
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
    /// <param name="Note">What he says.</param>
    /// <param name="Sms">What became of the SMS of the broadcast.</param>
    /// <param name="Resends">To him alone, the first one first; at most 20.</param>
    public sealed record Item(
        Guid BroadcastId, long BroadcastNumber, string Subject, Guid OfficialId, string Name, string? Title, string? UnitCode, string? Number, bool IsNumberOfToday, string? Note,
        DateTimeOffset ReportedAt, Delivery Sms, IReadOnlyList<Resent> Resends);

    /// <param name="SkipReason">Why there was none.</param>
    /// <param name="AtOperator">The operator has it, though no handset has confirmed.</param>
    /// <param name="IsUncertain">Nobody knows whether the provider got it.</param>
    /// <param name="Failure">Notification's code.</param>
    /// <param name="ChangedAt">The latest news.</param>
    public sealed record Delivery(RecipientState State, string? SkipReason, bool AtOperator, bool IsUncertain, string? Failure, DateTimeOffset ChangedAt);

    public sealed record Resent(int Attempt, string Reason, DateTimeOffset OrderedAt, Delivery Sms);

    private const int MostResends = 20;

    public static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapGet("/missing-reports", HandleAsync).WithName(nameof(ListMissingReports))
        .WithSummary("What recipients say did not arrive, newest first; open: not resent since").RequirePermission(Permissions.RunBroadcasts).ProducesValidationProblem();

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        Guid? broadcastId, bool? open, [StringLength(64)] string? cursor, BroadcastDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var resends = db.Set<Resend>();
        var reports = db.Set<MissingReport>().AsNoTracking().Where(m => m.ReportedAt < before || (m.ReportedAt == before && m.OfficialId.CompareTo(beforeId) < 0));
        if (broadcastId is { } one)
            reports = reports.Where(m => m.BroadcastId == one);
        if (open is { } isOpen)
            reports = reports.Where(m => isOpen != resends.Any(r => r.BroadcastId == m.BroadcastId && r.OfficialId == m.OfficialId && r.OrderedAt >= m.ReportedAt));
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
                Phone = db.Set<Contact>().Where(c => c.OfficialId == m.OfficialId).Select(c => c.NoticePhone).FirstOrDefault(),
            }).Take(Paging.PageSize + 1).ToListAsync(stop);
        var ids = rows.ConvertAll(row => row.Report.OfficialId);
        var resent = (await resends.AsNoTracking().Where(r => ids.Contains(r.OfficialId) && r.Attempt <= MostResends).ToListAsync(stop)).ToLookup(r => (r.BroadcastId, r.OfficialId));
        return TypedResults.Ok(Paging.PageOf(
            rows.ConvertAll(row => new Item(
                row.Report.BroadcastId, row.Number, row.Subject, row.Report.OfficialId, row.Recipient.Name, row.Recipient.Title, row.Recipient.UnitCode,
                row.Recipient.Number is { } number ? PhoneNumber.Mask(number) : null, row.Recipient.Number is not null && row.Recipient.Number == row.Phone, row.Report.Note,
                row.Report.ReportedAt, Of(row.Recipient),
                [.. resent[(row.Report.BroadcastId, row.Report.OfficialId)].OrderBy(r => r.Attempt).Select(r => new Resent(r.Attempt, r.Reason, r.OrderedAt, Of(r)))])),
            last => Paging.Cursor(last.ReportedAt, last.OfficialId)));
    }

    private static Delivery Of(Recipient r) => new(r.State, r.SkipReason, r.AtOperator, r.IsUncertain, r.Failure, r.ChangedAt);

    private static Delivery Of(Resend r) => new(r.State, null, r.AtOperator, r.IsUncertain, r.Failure, r.ChangedAt);
}
