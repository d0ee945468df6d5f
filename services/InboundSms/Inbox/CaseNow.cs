using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace InboundSms.Inbox;

/// <summary>Somebody of the organisation.</summary>
/// <param name="OfficialId">In the directory.</param>
/// <param name="Name">Null while the copy of the directory does not have it.</param>
/// <param name="Position">Title of a position that he holds now; null when he holds none.</param>
public sealed record Colleague(Guid OfficialId, string? Name, string? Position);

/// <summary>A case as it stands: what somebody is told who was not quick enough.</summary>
/// <param name="CaseNumber">Told to people.</param>
/// <param name="Version">To go on from.</param>
/// <param name="Status">Of the case.</param>
/// <param name="Position">Whose case it is; null in the tray.</param>
/// <param name="Handler">Who has taken it.</param>
/// <param name="AnsweredBy">Who answered last.</param>
/// <param name="AnsweredAt">When the first answer was given.</param>
/// <param name="ProposalVersion">Of the answer that waits for approval; null when there is none.</param>
public sealed record CaseNow(
    long CaseNumber, long Version, CaseStatus Status, string? Position, Colleague? Handler, Colleague? AnsweredBy, DateTimeOffset? AnsweredAt, long? ProposalVersion);

internal static class ShowCaseNow
{
    /// <summary>
    /// For an act on the case of the message in the route: every 409 carries the case as it is now in <c>current</c>, whether the handler or the save found out that
    /// somebody was quicker. Who gets a 409 had the case in his scope when he asked; what he is told is state, no words.
    /// </summary>
    public static RouteHandlerBuilder ShowsCase(this RouteHandlerBuilder act) => act.ProducesProblem(StatusCodes.Status409Conflict)
        .WithMetadata(new CurrentState.Shown(typeof(CaseNow), IsList: false)).AddEndpointFilter(async (context, next) =>
        {
            object? result;
            try
            {
                result = await next(context);
            }
            catch (DbUpdateConcurrencyException)
            {
                result = null;
            }

            while (result is INestedHttpResult nested)
                result = nested.Result;
            if (result is not null and not ProblemHttpResult { StatusCode: StatusCodes.Status409Conflict })
                return result;

            // A context of its own: the handler's holds what was not saved.
            await using var scope = context.HttpContext.RequestServices.CreateAsyncScope();
            var now = scope.ServiceProvider.GetRequiredService<TimeProvider>().GetUtcNow();
            var current = await FindAsync(scope.ServiceProvider.GetRequiredService<InboundSmsDb>(), context.GetArgument<Guid>(0), now, context.HttpContext.RequestAborted);
            var problem = result as ProblemHttpResult ?? Problems.Conflict(current.Status == CaseStatus.Answered ? "already-answered" : "changed-meanwhile");
            problem.ProblemDetails.Extensions["current"] = current;
            return problem;
        });

    private static async Task<CaseNow> FindAsync(InboundSmsDb db, Guid messageId, DateTimeOffset now, CancellationToken stop)
    {
        var found = await db.Cases.AsNoTracking().OfMessage(db, messageId).Select(c => new
        {
            c.Number,
            c.Version,
            c.Status,
            c.AnsweredAt,
            c.HandlerId,
            Position = db.Positions.Where(p => p.Id == c.PositionId).Select(p => p.Title).SingleOrDefault(),
            Proposal = db.AnswerProposals.Where(p => p.CaseId == c.Id && (p.Status == ProposalStatus.Proposed || p.Status == ProposalStatus.Returned))
                .Select(p => (long?)p.Version).SingleOrDefault(),
            AnsweredBy = db.Answers.Where(a => a.CaseId == c.Id).OrderByDescending(a => a.AnsweredAt).Select(a => (Guid?)a.OfficialId).FirstOrDefault(),
        }).SingleAsync(stop);
        var people = await db.ColleaguesAsync([found.HandlerId, found.AnsweredBy], now, stop);
        return new(found.Number, found.Version, found.Status, found.Position, people.Of(found.HandlerId), people.Of(found.AnsweredBy), found.AnsweredAt, found.Proposal);
    }

    /// <summary>Whoever of these is somebody, with a position that he holds.</summary>
    public static async Task<IReadOnlyDictionary<Guid, Colleague>> ColleaguesAsync(
        this InboundSmsDb db, IEnumerable<Guid?> officials, DateTimeOffset now, CancellationToken stop)
    {
        var ids = officials.OfType<Guid>().Distinct().ToList();
        if (ids.Count == 0)
            return new Dictionary<Guid, Colleague>();
        var held = await (
            from assignment in db.AssignmentsAt(now)
            join position in db.Positions on assignment.PositionId equals position.Id
            where ids.Contains(assignment.OfficialId)
            orderby position.Code
            select new { assignment.OfficialId, position.Title }).ToListAsync(stop);
        var names = await db.Officials.Where(official => ids.Contains(official.Id)).ToDictionaryAsync(official => official.Id, official => official.Name, stop);
        return ids.ToDictionary(id => id, id => new Colleague(id, names.GetValueOrDefault(id), held.Find(one => one.OfficialId == id)?.Title));
    }

    public static Colleague? Of(this IReadOnlyDictionary<Guid, Colleague> people, Guid? official) => official is { } id ? people[id] : null;
}
