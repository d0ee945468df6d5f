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
        .ChangesPublication(Permissions.EditPublications).ProducesValidationProblem();

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        var now = clock.GetUtcNow();
        return await db.ChangePublicationAsync(id, user, now, (_, publication) =>
        {
            if (publication.TakenDownAt is not null)
                return Problems.Conflict("already-taken-down");
            publication.TakenDownAt = now;
            db.Record(publication.CaseId, CaseEventKind.TakenDown, now, user, new { answerId = publication.AnswerId, reason = request.Reason });
            return null;
        }, stop);
    }
}

/// <summary>Lets a case that was taken down be public again, at its old place; a second later it is.</summary>
internal static class BringBack
{
    /// <param name="Reason">Why; no personal data.</param>
    public sealed record Request([Required, StringLength(300, MinimumLength = 3)] string Reason);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/publication/bring-back", Handle)
        .WithName(nameof(BringBack)).WithSummary("Lets a case that was taken down be public again, for a reason")
        .ChangesPublication(Permissions.EditPublications).ProducesValidationProblem();

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        var now = clock.GetUtcNow();
        return await db.ChangePublicationAsync(id, user, now, (_, publication) =>
        {
            if (publication.TakenDownAt is null)
                return Problems.Conflict("not-taken-down");
            publication.TakenDownAt = null;
            db.Record(publication.CaseId, CaseEventKind.BroughtBack, now, user, new { answerId = publication.AnswerId, reason = request.Reason });
            return null;
        }, stop, ifNone: "not-taken-down");
    }
}
