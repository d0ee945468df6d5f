using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Broadcast.Receiving;

/// <summary>
/// A recipient tells the Administrator that no SMS came (KOR 10e). Said again while it is open it is the same report; after a closing or a resend it is open again, with what he
/// says now.
/// </summary>
internal static class ReportMissing
{
    /// <param name="Note">Such as another number that he uses by now; it takes effect only in the directory.</param>
    public sealed record Request([StringLength(300)] string? Note);

    public static void Map(RouteGroupBuilder mine) => mine.MapPut("/{id:guid}/missing-report", HandleAsync).WithName(nameof(ReportMissing))
        .WithSummary("Tells the Administrator that no SMS came").RequirePermission(Permissions.ReceiveBroadcasts).ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, ClaimsPrincipal user, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        var note = request.Note is { IsVisible: true } written ? written.Trim() : null;
        if (note is { IsNormalizable: false } || note?.Contains('\0', StringComparison.Ordinal) == true)
            return Problems.Invalid(nameof(request.Note), "value");
        if (!await db.ReceivedBy(user).AnyAsync(m => m.Broadcast.Id == id, stop))
            return Problems.NotFound();
        await db.Database.ExecuteSqlAsync($"""
            insert into missing_report as known (broadcast_id, official_id, note, reported_at) values ({id}, {user.OfficialId}, {note}, {clock.GetUtcNow()})
            on conflict (broadcast_id, official_id) do update set no = known.no + 1, note = excluded.note, reported_at = excluded.reported_at
            where exists (select from missing_report_closing c where (c.broadcast_id, c.official_id, c.no) = (known.broadcast_id, known.official_id, known.no))
              or exists (select from resend r where (r.broadcast_id, r.official_id) = (known.broadcast_id, known.official_id) and r.ordered_at >= known.reported_at)
            """, stop);
        return TypedResults.NoContent();
    }
}
