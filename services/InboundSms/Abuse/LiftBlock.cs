using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.History;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Abuse;

/// <summary>Ends a block before its time. What it held back stays in the tray: each message is let through on its own.</summary>
internal static class LiftBlock
{
    /// <param name="Reason">1 to 500 characters.</param>
    public sealed record Request([Required, StringLength(500, MinimumLength = 1)] string Reason);

    public static void Map(RouteGroupBuilder blocked) => blocked.MapPost("/blocked-senders/{id:guid}/lift", Handle)
        .WithName(nameof(LiftBlock)).WithSummary("Ends a block before its time").RequirePermission(Permissions.BlockSenders).RequireFreshSignIn()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(request.Reason))
            return Problems.Invalid("reason", "empty");
        if (await db.BlockedSenders.SingleOrDefaultAsync(block => block.Id == id, stop) is not { } block)
            return Problems.NotFound();
        var now = clock.GetUtcNow();
        if (block.LiftedAt is not null || block.ExpiresAt <= now)
            return Problems.Conflict("block-over");
        (block.LiftedAt, block.LiftedBy, block.LiftReason) = (now, user.Actor, request.Reason.Replace('\0', '\uFFFD'));
        if (await db.CaseMessages.Where(member => member.MessageId == block.MessageId).Select(member => (Guid?)member.CaseId).SingleOrDefaultAsync(stop) is { } caseId)
            db.Record(caseId, CaseEventKind.SenderUnblocked, now, user, new { blockId = id, reason = block.LiftReason });
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Problems.Conflict("block-over");
        }

        return TypedResults.NoContent();
    }
}
