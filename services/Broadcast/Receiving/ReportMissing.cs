using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Broadcast.Receiving;

/// <summary>A recipient tells the Administrator that no SMS came (KOR 10e). Once: said again it is the same report.</summary>
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
            insert into missing_report (broadcast_id, official_id, note, reported_at) values ({id}, {user.OfficialId}, {note}, {clock.GetUtcNow()}) on conflict do nothing
            """, stop);
        return TypedResults.NoContent();
    }
}
