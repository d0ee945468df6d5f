using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.History;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Routing;

/// <summary>An official says what a message is (BJN 10(1)). The citizen's words stay as they are; so does what he or the rules said first, in the history.</summary>
internal static partial class SetClass
{
    /// <param name="Class">News, Complaint, Criticism, Question or Proposal.</param>
    /// <param name="Version">Of the case, as last seen.</param>
    public sealed record Request([Required] MessageClass? Class, [Required] long? Version);

    public static void Map(RouteGroupBuilder messages) => messages.MapPut("/{id:guid}/class", Handle)
        .WithName(nameof(SetClass)).WithSummary("Sets the class of a case")
        .RequirePermission(Permissions.TriageMessages).RequireFreshSignIn().ShowsCase().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, ILogger<SmsCase> log, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (await db.TriageableBy(user, id, now).SingleOrDefaultAsync(stop) is not { } smsCase)
            return Problems.NotFound();
        if (smsCase.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (smsCase.ClassBy == ClassSource.Official && smsCase.Class == request.Class)
            return TypedResults.NoContent();
        db.Record(smsCase.Id, CaseEventKind.ClassSet, now, user, new { @class = request.Class, before = smsCase.Class, beforeBy = smsCase.ClassBy });
        (smsCase.Class, smsCase.ClassBy, smsCase.ClassRule) = (request.Class, ClassSource.Official, null);
        smsCase.Version++;
        await db.SaveChangesAsync(stop);
        Classed(log, smsCase.Number, request.Class!.Value);
        return TypedResults.NoContent();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Case {CaseNumber} is a {Class}")]
    private static partial void Classed(ILogger log, long caseNumber, MessageClass @class);
}
