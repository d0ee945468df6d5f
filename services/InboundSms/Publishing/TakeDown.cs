using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.History;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Publishing;

/// <summary>Takes a case off the public site at once, or keeps it from getting there; caches let go of it within a minute. Who and why stand in its history.</summary>
internal static class TakeDown
{
    /// <param name="Reason">Why; no personal data.</param>
    public sealed record Request([Required, StringLength(300, MinimumLength = 3)] string Reason);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/publication/take-down", Handle)
        .WithName(nameof(TakeDown)).WithSummary("Takes a case off the public site, for a reason")
        .RequirePermission(Permissions.EditPublications).RequireFreshSignIn().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        var now = clock.GetUtcNow();
        if (await db.PublishableAsync(id, user, now, stop) is not { } found)
            return Problems.NotFound();
        if (found.Publication is not { } publication)
            return Problems.Conflict("nothing-to-publish");
        if (publication.TakenDownAt is not null)
            return Problems.Conflict("already-taken-down");
        publication.TakenDownAt = now;
        db.Record(found.CaseId, CaseEventKind.TakenDown, now, user.Actor, new { answerId = publication.AnswerId, reason = request.Reason });
        await db.HideAsync(publication, stop);
        return await db.SaveChangedAsync(publication, now, stop);
    }
}

/// <summary>Lets a case that was taken down be public again, at its old place; a second later it is.</summary>
internal static class BringBack
{
    /// <param name="Reason">Why; no personal data.</param>
    public sealed record Request([Required, StringLength(300, MinimumLength = 3)] string Reason);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/publication/bring-back", Handle)
        .WithName(nameof(BringBack)).WithSummary("Lets a case that was taken down be public again, for a reason")
        .RequirePermission(Permissions.EditPublications).RequireFreshSignIn().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        var now = clock.GetUtcNow();
        if (await db.PublishableAsync(id, user, now, stop) is not { } found)
            return Problems.NotFound();
        if (found.Publication is not { TakenDownAt: not null } publication)
            return Problems.Conflict("not-taken-down");
        publication.TakenDownAt = null;
        db.Record(found.CaseId, CaseEventKind.BroughtBack, now, user.Actor, new { answerId = publication.AnswerId, reason = request.Reason });
        return await db.SaveChangedAsync(publication, now, stop);
    }
}
