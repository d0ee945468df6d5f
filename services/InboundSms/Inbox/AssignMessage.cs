using System.ComponentModel.DataAnnotations;
using InboundSms.Routing;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Inbox;

/// <summary>
/// The secretariat takes a case out of its tray and gives it to the position that a keyword names. The deadline does not restart: it runs from receipt (BJN 13).
/// </summary>
internal static partial class AssignMessage
{
    /// <param name="Keyword">A valid keyword; capitals do not matter.</param>
    public sealed record Request([Required, StringLength(16, MinimumLength = 1), RegularExpression("^[A-Za-z0-9]+$")] string Keyword);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/assignment", Handle)
        .WithName(nameof(AssignMessage)).WithSummary("Gives a case of the tray to the position of a keyword")
        .RequirePermission(Permissions.AssignMessages).RequireFreshSignIn().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, InboundSmsDb db, TimeProvider clock, ILogger<SmsCase> log, CancellationToken stop)
    {
        if (await Addressee.FindAsync(db, request.Keyword.ToUpperInvariant(), clock.GetUtcNow(), stop) is not { } addressee)
            return Problems.Invalid("keyword", "keyword-unknown");
        if (!await db.CaseMessages.AnyAsync(m => m.MessageId == id, stop))
            return Problems.NotFound();
        // Of two at once one finds it in the tray.
        var taken = await db.Cases
            .Where(c => c.Status == CaseStatus.Unassigned && db.CaseMessages.Any(m => m.MessageId == id && m.CaseId == c.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.Status, CaseStatus.Open).SetProperty(c => c.PositionId, addressee.PositionId)
                .SetProperty(c => c.Keyword, addressee.Keyword).SetProperty(c => c.Version, c => c.Version + 1), stop);
        if (taken == 0)
            return Problems.Conflict("not-in-tray");
        Assigned(log, id, addressee.Keyword);
        return TypedResults.NoContent();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The case of SMS {MessageId} was given to {Keyword}")]
    private static partial void Assigned(ILogger log, Guid messageId, string keyword);
}
