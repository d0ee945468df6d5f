using System.Security.Claims;
using InboundSms.History;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace InboundSms.Reporting;

/// <summary>Says of which recurring problem a case is (BJN 7c). The last word counts; the history has them all.</summary>
internal static class NameProblem
{
    /// <param name="ProblemId">An open problem; null: of none.</param>
    public sealed record Request(Guid? ProblemId);

    public static void Map(RouteGroupBuilder messages) => messages.MapPut("/{id:guid}/problem", Handle)
        .WithName(nameof(NameProblem)).WithSummary("Says of which recurring problem the case is").RequirePermission(Permissions.NameProblem)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var caseId = await (
            from c in db.ReadableBy(user, now)
            join member in db.CaseMessages on c.Id equals member.CaseId
            where member.MessageId == id
            select (Guid?)c.Id).SingleOrDefaultAsync(stop);
        if (caseId is not { } found)
            return Problems.NotFound();
        if (request.ProblemId is { } wanted && !await db.RecurringProblems.AnyAsync(p => p.Id == wanted && p.ClosedAt == null, stop))
            return Problems.Invalid("problemId", "problem-unknown");

        var named = await db.CaseProblems.SingleOrDefaultAsync(p => p.CaseId == found, stop);
        if (named is not null && named.ProblemId != request.ProblemId)
            db.Remove(named);
        if (request.ProblemId is { } problem && named?.ProblemId != problem)
            db.Add(new CaseProblem { CaseId = found, ProblemId = problem });
        db.Record(found, CaseEventKind.ProblemNamed, now, user, new { problemId = request.ProblemId });
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException raced) when (raced is DbUpdateConcurrencyException || raced.IsUniqueViolation("case_problem_pkey"))
        {
            return Problems.Conflict("changed-meanwhile");
        }

        return TypedResults.NoContent();
    }
}
