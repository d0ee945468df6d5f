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
        .ChangesPublication(Permissions.EditPublications);

    internal static Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        return db.ChangePublicationAsync(id, user, now, (_, publication) =>
        {
            if (!publication.WaitsForReview)
                return Problems.Conflict("nothing-to-review");
            publication.ReviewedAt = now;
            db.Record(publication.CaseId, CaseEventKind.PublicationReviewed, now, user, new { answerId = publication.AnswerId });
            return null;
        }, stop, ifNone: "nothing-to-review");
    }
}
