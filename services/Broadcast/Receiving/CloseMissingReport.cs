using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Sending;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Broadcast.Receiving;

/// <summary>A report that no SMS came needs no other one: he was told by telephone, or the event is over. For a reason, which he reads.</summary>
internal static class CloseMissingReport
{
    /// <param name="Reason">Why; no personal data.</param>
    public sealed record Request([Required, StringLength(300, MinimumLength = 3)] string Reason);

    public static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapPost("/{id:guid}/missing-reports/{officialId:guid}/closing", HandleAsync).WithName(nameof(CloseMissingReport))
        .WithSummary("Closes a report that no SMS came, without sending it once more").RequirePermission(Permissions.HandleMissingReports)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid id, Guid officialId, Request request, ClaimsPrincipal user, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid(nameof(request.Reason), "empty");
        if (await db.MissingReportsFor(user).Where(m => m.BroadcastId == id && m.OfficialId == officialId).Select(m => (int?)m.No).SingleOrDefaultAsync(stop) is not { } no)
            return Problems.NotFound();
        var (now, reason) = (clock.GetUtcNow().InMicroseconds, Moves.Plain(request.Reason));
        db.Add(new MissingReportClosing { BroadcastId = id, OfficialId = officialId, No = no, Reason = reason, ClosedBy = user.Actor, ClosedAt = now });
        db.Record(await db.Broadcasts.AsNoTracking().SingleAsync(b => b.Id == id, stop), nameof(CloseMissingReport), user.Actor, now, new { officialId, reason });
        try
        {
            await db.SaveChangesAsync(stop);
            return TypedResults.NoContent();
        }
        catch (DbUpdateException closed) when (closed.IsUniqueViolation("missing_report_closing_pkey"))
        {
            return Problems.Conflict("report-closed");
        }
    }

    /// <summary>Whose reports somebody handles: who runs broadcasts all, others those of what they asked for.</summary>
    internal static IQueryable<MissingReport> MissingReportsFor(this BroadcastDb db, ClaimsPrincipal user)
    {
        var reports = db.Set<MissingReport>().AsNoTracking();
        if (Permissions.RunBroadcasts.IsGivenTo(user))
            return reports;
        var official = user.HasOfficial ? user.OfficialId : Guid.Empty;
        return reports.Where(m => db.Broadcasts.Any(b => b.Id == m.BroadcastId && b.OriginatorId == official));
    }
}
