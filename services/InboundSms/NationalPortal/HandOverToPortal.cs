using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.History;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.NationalPortal;

/// <summary>
/// Hands a case over to the national portal, because another government must answer it. The city's own duty to answer stays (BJN 12(6)): the citizen is to hear where his
/// case is. The portal's number is noted when the portal has given it.
/// </summary>
internal static class HandOverToPortal
{
    /// <param name="Reason">Why another government must answer; no personal data.</param>
    /// <param name="TrackingId">The portal's number, if it is known already.</param>
    public sealed record Request(
        [Required, StringLength(300, MinimumLength = 3)] string Reason,
        [StringLength(64, MinimumLength = 1), RegularExpression("^[A-Za-z0-9._/-]+$")] string? TrackingId = null);

    /// <param name="TrackingId">The portal's number.</param>
    public sealed record NumberRequest([Required, StringLength(64, MinimumLength = 1), RegularExpression("^[A-Za-z0-9._/-]+$")] string TrackingId);

    public static void Map(RouteGroupBuilder messages)
    {
        messages.MapPost("/{id:guid}/portal", HandOverAsync).WithName(nameof(HandOverToPortal)).WithSummary("Hands the case over to the national portal")
            .RequirePermission(Permissions.ExchangeWithPortal).RequireFreshSignIn().ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        messages.MapPut("/{id:guid}/portal/number", NumberAsync).WithName("SetPortalNumber").WithSummary("Notes the portal's number of a case that was handed over")
            .RequirePermission(Permissions.ExchangeWithPortal).ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> HandOverAsync(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        if (await CaseOfAsync(db, id, stop) is not { } found)
            return Problems.NotFound();
        var now = clock.GetUtcNow().InMicroseconds;
        db.Add(new PortalCase
        {
            MessageId = found.FirstMessageId,
            Direction = PortalDirection.ToPortal,
            TrackingId = request.TrackingId,
            Reason = request.Reason,
            At = now,
            Actor = user.Actor,
        });
        db.Record(found.CaseId, CaseEventKind.HandedToPortal, now, user, new { reason = request.Reason, trackingId = request.TrackingId });
        return await SavedAsync(db, stop);
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> NumberAsync(
        Guid id, NumberRequest request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (await CaseOfAsync(db, id, stop) is not { } found
            || await db.PortalCases.SingleOrDefaultAsync(c => c.MessageId == found.FirstMessageId && c.Direction == PortalDirection.ToPortal, stop) is not { } shared)
            return Problems.NotFound();
        shared.TrackingId = request.TrackingId;
        db.Record(found.CaseId, CaseEventKind.HandedToPortal, clock.GetUtcNow(), user, new { trackingId = request.TrackingId });
        return await SavedAsync(db, stop);
    }

    private sealed record Found(Guid CaseId, Guid FirstMessageId);

    private static Task<Found?> CaseOfAsync(InboundSmsDb db, Guid message, CancellationToken stop) =>
        db.Cases.Where(c => db.CaseMessages.Any(m => m.MessageId == message && m.CaseId == c.Id)).Select(c => new Found(c.Id, c.FirstMessageId)).SingleOrDefaultAsync(stop);

    private static async Task<Results<NoContent, ProblemHttpResult>> SavedAsync(InboundSmsDb db, CancellationToken stop)
    {
        try
        {
            await db.SaveChangesAsync(stop);
            return TypedResults.NoContent();
        }
        catch (DbUpdateException shared) when (shared.IsUniqueViolation("portal_case_pkey"))
        {
            return Problems.Conflict("already-at-portal");
        }
        catch (DbUpdateException taken) when (taken.IsUniqueViolation("portal_case_tracking_id_key"))
        {
            return Problems.Conflict("tracking-id-taken");
        }
    }
}
