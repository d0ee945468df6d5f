using System.Security.Claims;
using InboundSms.History;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Publishing;

/// <summary>A person has looked at what only a person can judge ("tinjau"): a name, a number in disguise. It may be public as it is masked now.</summary>
internal static class ReviewPublication
{
    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/publication/review", Handle)
        .WithName(nameof(ReviewPublication)).WithSummary("Confirms a publication that waits for a person's look")
        .RequirePermission(Permissions.EditPublications).RequireFreshSignIn()
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (await db.PublishableAsync(id, user, now, stop) is not { } found)
            return Problems.NotFound();
        if (found.Publication is not { WaitsForReview: true } publication)
            return Problems.Conflict("nothing-to-review");
        publication.ReviewedAt = now;
        db.Record(found.CaseId, CaseEventKind.PublicationReviewed, now, user.Actor, new { answerId = publication.AnswerId });
        return await db.SaveChangedAsync(publication, now, stop);
    }
}
